// Chapter: one boarder, three terms, and why the school year and the budget year show different sums.
import type { TotalsAnswer } from '../answers.js';
import type { Office } from '../office.js';
import { chapter, done, equal, remark } from '../transcript.js';

const POLICY = 'rencheng-boarding-living-subsidy';

/** The rate rose in 2024-spring; the rise was published in June, so the spring term was paid late. */
const PAYMENTS = [
  { term: '2023-autumn', amount: '500.00', paidOn: '2023-12-20' },
  { term: '2024-spring', amount: '625.00', paidOn: '2024-06-28' },
  { term: '2024-autumn', amount: '625.00', paidOn: '2024-12-18' },
] as const;

export async function compareYears(office: Office): Promise<void> {
  chapter('学年与年度', 'School year and budget year');
  for (const { term, amount, paidOn } of PAYMENTS) {
    await office.pay({ pupil: '赵明轩', policyId: POLICY, term, amount, paidOn });
    done(`${term}  ${amount}  发放日 paid on ${paidOn}`);
  }
  const totalOf = async (period: string): Promise<string> => {
    const { total } = await office.client.get<TotalsAnswer>(`/v1/totals?${period}&policyId=${POLICY}`);
    return total.amount;
  };
  equal('学年 school year 2023-2024 = 500 + 625 =', '1125.00', await totalOf('schoolYear=2023-2024'));
  equal('年度 budget year 2024 = 625 + 625 =', '1250.00', await totalOf('fiscalYear=2024'));
  remark('同一名寄宿小学生,两种口径都对。 The same boarder; both are right, each by its own caliber.');
}
