// What a contender must do before it is timed: record once, refuse what is malformed or too much, and lose nothing.
import { ENTITLED, paymentOf, postOf } from './payments.js';
import type { Request } from './driver.js';
import type { Target } from './target.js';

interface Reply {
  status: number;
  text: string;
}

/** What a target does wrong, in words; nothing where it may be timed. */
export async function faultsOf(target: Target): Promise<string[]> {
  const [student = ''] = await target.newStudents(1);
  const before = (await target.total?.()) ?? 0;
  const pay = (amount: string, part: number): Promise<Reply> =>
    sent(target, postOf(paymentOf(student, amount, `V-${part}`), `${student}-check-${part}`, target.headers));

  const first = await pay('600.00', 1);
  const malformed = await pay('6,00', 2);
  const faults = [
    ...(first.status === 201 ? [] : [`a valid payment was answered ${first.status}: ${first.text}`]),
    ...(isRefusal(malformed) ? [] : [`a malformed body was answered ${malformed.status}`]),
  ];
  return target.total ? [...faults, ...(await faultsOfRecord(target.total, before, first, pay))] : faults;
}

async function faultsOfRecord(
  total: () => Promise<number>,
  before: number,
  first: Reply,
  pay: (amount: string, part: number) => Promise<Reply>,
): Promise<string[]> {
  const again = await pay('600.00', 1);
  const beyond = await pay('25.01', 3);
  const rest = await pay('25.00', 4);
  const paid = (await total()) - before;
  return [
    ...(again.status === 201 && again.text === first.text ? [] : ['the same key was not answered as the first time']),
    ...(isRefusal(beyond) ? [] : [`a payment above the entitlement was answered ${beyond.status}`]),
    ...(rest.status === 201 ? [] : [`the rest of the entitlement was answered ${rest.status}: ${rest.text}`]),
    ...(paid === Number(ENTITLED) ? [] : [`${ENTITLED} yuan were acknowledged and ${paid} are recorded`]),
  ];
}

const isRefusal = ({ status }: Reply): boolean => status === 400 || status === 422;

async function sent({ port }: Target, { path, headers, body }: Request): Promise<Reply> {
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: reply.status, text: await reply.text() };
}
