// Imported by a node before its own code: on SIGUSR2 it gives back all memory that nothing holds, so
// that a test or a benchmark sees what is held, and says how often it has done so.

import v8 from 'node:v8';
import vm from 'node:vm';

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc');
let times = 0;
process.on('SIGUSR2', () => {
  collect();
  times += 1;
  console.log(JSON.stringify({ collected: times }));
});
