// Many clients at the door at once: all are let in before the first of them is worked for.
import { connect, type AddressInfo, type Socket } from 'node:net';
import fastify from 'fastify';
import { Door } from '../../src/http/door.js';
import { testWith } from '../support/missing.js';

const CLIENTS = 60;

async function insideWhenWorkBegins(door?: Door): Promise<number> {
  const server = fastify();
  let [inside, atFirst] = [0, 0];
  server.server.on('connection', () => inside++);
  door?.watch(server);
  server.get('/', async () => {
    atFirst ||= inside;
    return 'answer';
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const answers = await Promise.all(Array.from({ length: CLIENTS }, () => ask(port)));
  expect(answers.filter((text) => text.endsWith('answer'))).toHaveLength(CLIENTS);
  await server.close();
  return atFirst;
}

const ask = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    const socket: Socket = connect(port, '127.0.0.1', () =>
      socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
    );
    socket.on('data', (bytes) => (text += String(bytes)));
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });

test('all who knock at once are inside before the work begins', async () => {
  expect(await insideWhenWorkBegins(new Door())).toBe(CLIENTS);
});

/** libuv 1.45 to 1.47; others let in all who stand there. */
const letsInOneARound = /^1\.4[567]\./.test(process.versions.uv ?? '');

testWith(letsInOneARound, 'a runtime that lets in one a round')(
  'control: without the door the work begins while most stand outside',
  async () => expect(await insideWhenWorkBegins()).toBeLessThan(CLIENTS / 2),
);
