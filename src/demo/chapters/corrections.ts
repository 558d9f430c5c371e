// Chapter: money that came back is a return and is paid again; a wrong entry is reversed whole and entered again.
import type { EntitlementsAnswer } from '../answers.js';
import type { Office, Order } from '../office.js';
import { chapter, done, equal, line } from '../transcript.js';

const TERM = '2026-spring';
const GRANT: Order = { pupil: '徐婉清', policyId: 'rencheng-senior-living-grant', term: TERM, amount: '1000.00' };
const BOOKS: Order = { pupil: '张立恒', policyId: 'rencheng-compulsory-exercise-books', term: TERM };

export async function correct(office: Office): Promise<void> {
  chapter('退票与冲正', 'A bank return, and a wrong entry');
  await returnAndReissue(office);
  line();
  await reverseAndReenter(office);
}

async function returnAndReissue(office: Office): Promise<void> {
  const { body: payment } = await office.pay({ ...GRANT, paidOn: '2026-05-28' });
  done(`2026-05-28 发放 paid ${payment.amount}`);
  const slip = { returnedOn: '2026-06-03', cause: 'bank-refused', reference: 'R-2026-0603' };
  await office.client.post(`/v1/payments/${payment.paymentId}/return`, slip);
  done('2026-06-03 退票:卡号有误,银行退回全额 the bank sends it back: wrong card');
  equal('   应助未助 due again:', '1000.00', await outstanding(office));
  await office.pay({ ...GRANT, paidOn: '2026-06-10' });
  done('2026-06-10 核实后重发 checked and paid again');
  equal('   尚余 open:', '0.00', await outstanding(office));
}

async function outstanding(office: Office): Promise<string | null | undefined> {
  const path = `/v1/students/${office.idOf(GRANT.pupil)}/entitlements?term=${TERM}`;
  const { lines } = await office.client.get<EntitlementsAnswer>(path);
  return lines.find(({ policyId }) => policyId === GRANT.policyId)?.outstanding;
}

/** The cost of exercise books has no upper limit that a rule could hold against it: only the clerk sees the slip. */
async function reverseAndReenter(office: Office): Promise<void> {
  const { body: wrong } = await office.pay({ ...BOOKS, amount: '128.00' });
  done(`误记作业本费 exercise books entered as ${wrong.amount}(应为 should be 12.80)`);
  const reason = '金额误录:小数点错位';
  await office.client.post(`/v1/payments/${wrong.paymentId}/reversal`, { reason });
  done(`冲正 reversed: −${wrong.amount},事由 reason ${reason}`);
  const { body: right } = await office.pay({ ...BOOKS, amount: '12.80' });
  equal('   重新记录,净额 entered again, net:', '12.80', right.entitlement.netPaid);
}
