// What the demo reads of the service's answers; the whole of them is in the API description.
import type { YuanText } from '../core/money.js';
import type { Kind } from '../core/vocabulary.js';
import type { TotalsRow } from '../totals/totals.view.js';

export interface PolicyAnswer {
  policyId: string;
  name: { zh: string; en: string };
  kind: Kind;
}

export interface StudentAnswer {
  studentId: string;
  name: string;
  citizenNumber: string;
}

export interface PaymentAnswer {
  paymentId: string;
  policyId: string;
  amount: YuanText;
  sources: { source: string; amount: YuanText }[];
  entitlement: { entitled: YuanText | null; netPaid: YuanText; outstanding: YuanText | null };
  position: number;
}

export interface ConditionAnswer {
  condition: string;
  expected: unknown;
  fact: unknown;
  met: boolean;
}

export interface LineAnswer {
  policyId: string;
  policyVersion: number;
  name: { zh: string; en: string };
  status: string;
  entitled: YuanText | null;
  netPaid: YuanText;
  outstanding: YuanText | null;
  arithmetic: string | null;
  because: ConditionAnswer[];
  legal: { document: string; clause?: string; url?: string };
}

export interface EntitlementsAnswer {
  lines: LineAnswer[];
  totals: { entitled: YuanText; netPaid: YuanText; outstanding: YuanText };
}

export interface HistoryAnswer {
  items: {
    position: number;
    recordedAt: string;
    effectiveOn: string | null;
    actor: { name: string; role: string };
    summary: { zh: string; en: string };
    data: object;
  }[];
}

export interface TotalsAnswer {
  rows: TotalsRow[];
  total: TotalsRow;
}

export interface BridgeAnswer {
  fiscalYear: { amount: YuanText };
  schoolYear: { amount: YuanText };
  difference: YuanText;
  entryCount: number;
  items: { position: number; policyId: string; term: string; date: string; side: string; effect: YuanText }[];
  nextCursor: string | null;
}

export interface VerificationAnswer {
  ok: boolean;
  events: number;
  headHash: string;
}

export interface ProblemAnswer {
  code: string;
  detail: string;
  errors?: { code: string; message: string }[];
}

/** One line of the answer to a bulk request. */
export interface BulkAnswer {
  line: number;
  status: number;
  code?: string;
  title?: string;
}
