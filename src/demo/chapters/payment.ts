// Chapter: aid is recorded: one payment in detail, the same request sent twice, then the rounds of three terms.
import type { Kind } from '../../core/vocabulary.js';
import type { PaymentAnswer } from '../answers.js';
import type { Office, Order } from '../office.js';
import { ROUNDS } from '../payments.js';
import { chapter, DemoMismatch, done, equal, line, remark } from '../transcript.js';
import { EXPLAINED } from './entitlements.js';

export async function pay(office: Office): Promise<void> {
  chapter('发放', 'Aid is recorded');
  await payOnce(office);
  line();
  await payRounds(office);
}

/** The same request with the same key, as after a lost connection: one payment, and the first answer again. */
async function payOnce(office: Office): Promise<void> {
  const body = office.body({ ...EXPLAINED, policyId: 'rencheng-boarding-living-subsidy', amount: '625.00' });
  const key = 'batch-2026-11-line-1';
  const { body: payment } = await office.client.post<PaymentAnswer>('/v1/payments', body, key);
  const { amount, sources, entitlement, position, policyId } = payment;
  done(`${office.policy(policyId).name.zh} ${amount} 元 · 台账位置 ledger position ${position}`);
  line(`资金来源 sources: ${sources.map((part) => `${part.source} ${part.amount}`).join(',')}`);
  line(
    `应发 entitled ${entitlement.entitled} · 净额 net paid ${entitlement.netPaid} · 尚余 open ${entitlement.outstanding}`,
  );
  const again = await office.client.post<PaymentAnswer>('/v1/payments', body, key);
  if (!again.replayed) throw new DemoMismatch('the second request was not answered as a replay');
  equal('同一请求发送两次,仍是同一笔 sent twice, the same payment:', payment.paymentId, again.body.paymentId);
  remark('(Idempotent-Replayed: true)');
}

const KINDS: Record<Kind, string> = { waiver: '减免', subsidy: '补助', grant: '助学金', meals: '供餐' };

async function payRounds(office: Office): Promise<void> {
  const orders = ROUNDS.flatMap(({ pupils, terms, ...round }) =>
    terms.flatMap((term) => pupils.map((pupil): Order => ({ pupil, term, ...round }))),
  );
  const counts = new Map<Kind, number>();
  for (const order of orders) {
    await office.pay(order);
    const { kind } = office.policy(order.policyId);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  for (const [kind, count] of counts) done(`${KINDS[kind]} ${kind}: ${count} 笔 payments`);
}
