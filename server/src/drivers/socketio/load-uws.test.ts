import { describe, expect, it } from 'vitest';
import { chooseTransport } from './load-uws.js';

const native = { App() {}, SSLApp() {} };
const imitation = { App() {} };

function loaderOf(...outcomes: unknown[]) {
  const asked: string[] = [];
  const load = (id: string) => {
    asked.push(id);
    const outcome = outcomes[asked.length - 1];
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  return { asked, load };
}

describe('the choice of the transport', () => {
  it('ws loads nothing', () => {
    const { asked, load } = loaderOf(native);
    expect(chooseTransport('ws', load)).toEqual({ uws: null, reasons: [] });
    expect(asked).toEqual([]);
  });

  it('the first native build is taken, an imitation never', () => {
    expect(chooseTransport('auto', loaderOf(native).load).uws).toBe(native);
    const second = loaderOf(imitation, native);
    expect(chooseTransport('uws', second.load)).toMatchObject({
      uws: native,
      reasons: ['uWebSockets.js: not the native build'],
    });
    // The binary itself, not the package, whose entry falls back to JavaScript.
    expect(second.asked[1]).toMatch(/^uWebSockets\.js-glibc227\/binaries\/.+\.node$/);
  });

  it('without a native build auto takes ws, and uws fails with the reasons', () => {
    const faults = [
      new Error("only some versions of Node.js\n\nError: libc.so.6: `GLIBC_2.38' not found"),
      new Error("Cannot find module 'x'\nRequire stack:\n- /somewhere"),
    ];
    const chosen = chooseTransport('auto', loaderOf(...faults).load);
    expect(chosen.uws).toBeNull();
    expect(chosen.reasons).toHaveLength(2);
    expect(() => chooseTransport('uws', loaderOf(...faults).load)).toThrow(
      /GLIBC_2\.38.*Cannot find module 'x'/s,
    );
  });
});
