import { createServer, type Server } from 'node:http';
import { tensorData } from '@wordloom/compile';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeSafetensors } from '../safetensors/encode.ts';
import { openTensors } from './open-tensors.ts';
import { openRemoteBytes } from './remote-bytes.ts';

const matrix = tensorData(
  Float32Array.from({ length: 40_000 }, (_, index) => index),
  [400, 100],
);
let file = encodeSafetensors({ matrix });
const requests: string[] = [];
let server: Server;
let address = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    const { range, authorization } = request.headers;
    requests.push(`${request.url} ${range}${authorization ? ` ${authorization}` : ''}`);
    if (request.url === '/whole') return response.end(file);
    if (request.url === '/missing') return response.writeHead(404).end();
    const [begin, last] = range!.slice('bytes='.length).split('-').map(Number) as [number, number];
    const end = Math.min(last + 1, file.length);
    response.writeHead(206, { 'Content-Range': `bytes ${begin}-${end - 1}/${file.length}` });
    const part = file.subarray(begin, end);
    if (request.url === '/short') return response.end(part.subarray(1));
    return response.end(request.url === '/long' ? Buffer.concat([part, part]) : part);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  address = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterAll(() => server.close());

test('a checkpoint on a server is opened with one request, and rows of it are another', async () => {
  const headers = { Authorization: 'Bearer x' };
  const source = await openTensors(await openRemoteBytes(`${address}/file`, { headers }));
  expect([...source.tensors.keys()]).toEqual(['matrix']);
  const begin = file.length - 160_000;
  expect(requests.splice(0)).toEqual(['/file bytes=0-65535 Bearer x']);
  expect(await source.read('matrix', [[300, 302]])).toEqual(
    tensorData(matrix.data.slice(30_000, 30_200), [2, 100]),
  );
  expect(requests.splice(0)).toEqual([`/file bytes=${begin + 120_000}-${begin + 120_799} Bearer x`]);
  expect((await source.read('matrix', [[0, 1]])).data).toEqual(matrix.data.slice(0, 100)); // came with the header
  expect((await source.read('matrix', [[7, 7]])).data.length).toBe(0);
  expect(requests).toEqual([]);
});

test('other answers are refused, however long they are', async () => {
  for (const [path, message] of [
    [
      'whole',
      'must answer a range request with a part of the file, got status 200, Content-Range not to be seen.',
    ],
    ['missing', 'must answer a range request with a part of the file, got status 404'],
    ['short', 'must send 65536 bytes, got 65535'],
    ['long', 'must send 65536 bytes, got '],
  ]) {
    await expect(openRemoteBytes(`${address}/${path}`)).rejects.toThrow(
      `openRemoteBytes: ${address}/${path} ${message}`,
    );
  }
  await expect(openRemoteBytes(`${address}/file`, { signal: AbortSignal.abort() })).rejects.toThrow('abort');
});

test('a file that changes while it is open is noticed', async () => {
  const source = await openTensors(await openRemoteBytes(`${address}/file`));
  const before = file;
  file = file.subarray(0, -4);
  await expect(source.read('matrix')).rejects.toThrow(
    `must answer a range request with a part of the file of ${before.length} bytes, got status 206, Content-Range bytes `,
  );
  file = before;
});
