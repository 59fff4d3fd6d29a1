// Imported by a node before its own code (`spawnNode({ redirect })`): connections to a port of this machine
// go to another one. The servers of a Redis Cluster say themselves where they are, so an address in the
// configuration does not bring a proxy before them. Nothing of it is in the product.

import net from 'node:net';

const ports = new Map(
  process.env.TEST_REDIRECT.split(',').map((pair) => pair.split('=').map(Number)),
);
const { createConnection } = net;

net.createConnection = (options, ...rest) => {
  const port = ports.get(Number(options?.port));
  return createConnection(port === undefined ? options : { ...options, port }, ...rest);
};
