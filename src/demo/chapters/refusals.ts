// Chapter: what the rules refuse, with the sentence that the clerk reads; nothing of it is written.
import type { Office, Order } from '../office.js';
import { chapter, line, refused, remark } from '../transcript.js';
import { EXPLAINED } from './entitlements.js';

interface Refusal {
  zh: string;
  en: string;
  order: Order;
  code: string;
}

const REFUSALS: readonly Refusal[] = [
  {
    zh: '超额:同一学期再发一次',
    en: 'beyond the entitlement: the same term once more',
    order: { ...EXPLAINED, policyId: 'rencheng-boarding-living-subsidy', amount: '625.00' },
    code: 'entitlement-exceeded',
  },
  {
    zh: '困难学生领饭间餐(应享受营养餐补助)',
    en: 'a snack meal for a pupil in hardship, who gets the nutrition meal',
    order: { pupil: '周浩然', policyId: 'rencheng-snack-meal', term: '2026-autumn', days: 5 },
    code: 'not-eligible',
  },
  {
    zh: '一次性 3000 元第二次申领',
    en: 'the one-off 3000 a second time',
    order: { pupil: '宋佳怡', policyId: 'rencheng-vocational-grant', term: '2026-autumn', amount: '3000' },
    code: 'already-granted',
  },
];

export async function refuse(office: Office): Promise<void> {
  chapter('拒绝', 'What the rules refuse');
  for (const { zh, en, order, code } of REFUSALS) {
    const { detail, errors = [] } = await office.client.postRefused('/v1/payments', office.body(order), code);
    line(`${zh} ${en}`);
    refused(`422 ${code}: ${detail}`);
    for (const { message } of errors) remark(`    ${message}`);
  }
}
