// More requests than the service works on at once: refused early and in words, and nothing of them is recorded.
import { rmSync } from 'node:fs';
import { request } from 'node:http';
import { get, start } from '../crash/process.js';
import { eventually } from '../support/eventually.js';
import { key, newBoarder, openOffice, payment } from '../support/office.js';
import { newDirectory, startTestService } from '../support/service.js';

test('what comes on top is refused at once, and the same request again is recorded', async () => {
  const aid = await startTestService({ environment: { AID_MOST_AT_ONCE: '3' } });
  await openOffice(aid);
  const studentId = await newBoarder(aid);
  const keys = Array.from({ length: 20 }, key);
  const pay = (under: Record<string, string>) =>
    aid.post('/v1/payments', payment(studentId, { amount: '1.00' }), under);
  const before = Number((await aid.get('/v1/ledger')).body['position']);
  const [answers, health] = await Promise.all([Promise.all(keys.map(pay)), aid.get('/health/live')]);
  expect(health.status).toBe(200);
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
  for (const refused of answers.filter(({ status }) => status !== 201)) {
    expect(refused).toMatchObject({ status: 503, body: { code: 'overloaded' }, headers: { 'retry-after': '1' } });
    expect(String(refused.headers['content-type'])).toContain('application/problem+json');
  }
  expect(Number((await aid.get('/v1/ledger')).body['position'])).toBe(before + 3);
  for (const under of keys) expect((await pay(under)).status).toBe(201);
  expect(Number((await aid.get('/v1/ledger')).body['position'])).toBe(before + keys.length);
  await aid.stop();
});

test('who goes away before the answer leaves room for others', async () => {
  const directory = newDirectory();
  const service = await start(directory, 'inherit', { AID_MOST_AT_ONCE: '1' });
  for (let round = 0; round < 20; round++) await askAndLeave(`${service.url}/v1/me`);
  // Those who left may still stand at the door; one who was counted in and never out would hold the only place for ever.
  await eventually(async () => expect((await get(service.url, '/v1/me')).status).toBe(200));
  await service.stop();
  rmSync(directory, { recursive: true, force: true });
});

function askAndLeave(url: string): Promise<void> {
  return new Promise((resolve) => {
    const asked = request(url, { headers: { authorization: 'Bearer crash-key' } });
    asked.on('error', () => {});
    asked.on('close', resolve);
    asked.end(() => asked.destroy());
  });
}
