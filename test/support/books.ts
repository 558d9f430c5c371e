// The office's books on a real installation, without HTTP: for tests that give very many commands.
import { EVERYTHING } from '../../src/core/reach.js';
import { join } from 'node:path';
import { readConfig } from '../../src/config.js';
import { Ids, type Clock } from '../../src/core/clock.js';
import { EntitlementView } from '../../src/entitlements/entitlement.view.js';
import type { CommandContext } from '../../src/event-store/order.js';
import { openInstallation } from '../../src/installation.js';
import { Policies } from '../../src/policies/policy.handler.js';
import { PolicyView } from '../../src/policies/policy.view.js';
import { SchoolRegister } from '../../src/schools/school.handler.js';
import { SchoolView } from '../../src/schools/school.view.js';
import { HistoryView } from '../../src/students/history.view.js';
import { AidAccounts } from '../../src/students/payment.handler.js';
import { PaymentView } from '../../src/students/payment.view.js';
import { Students } from '../../src/students/student.handler.js';
import { StudentView } from '../../src/students/student.view.js';
import { TotalsView } from '../../src/totals/totals.view.js';

/** Ids that a run repeats. */
export class CountingIds extends Ids {
  private count = 0;

  override next(): string {
    return `00000000-0000-4000-8000-${String(++this.count).padStart(12, '0')}`;
  }
}

export async function openBooks(directory: string, clock: Clock, ids: Ids = new CountingIds()) {
  const config = readConfig({
    AID_STORE: `sqlite:${join(directory, 'ledger.db')}`,
    AID_BOOTSTRAP_KEY: 'unused',
    AID_MASTER_KEY: '00'.repeat(32),
  });
  const installation = await openInstallation(config, { clock, ids });
  const { ledger, models, store, keys, sealer, freshness, projector } = installation;
  await projector.start();
  const schools = new SchoolView(models);
  const policies = new PolicyView(models, store);
  const students = new StudentView(models, sealer, keys);
  const payments = new PaymentView(models);
  let commands = 0;
  const context = (commandId = `command-${++commands}`): CommandContext => ({
    actor: { id: 'tester', role: 'owner', name: 'Tester' },
    commandId,
    fingerprint: commandId,
    requestId: 'test',
    reach: EVERYTHING,
  });
  return {
    ...installation,
    context,
    register: new SchoolRegister(ledger, schools, freshness),
    policies: new Policies(ledger),
    students: new Students(ledger, keys, ids, schools, freshness),
    accounts: new AidAccounts(ledger, policies, payments, freshness, clock, ids),
    views: {
      policies,
      students,
      payments,
      totals: new TotalsView(models),
      entitlements: new EntitlementView(students, payments, policies, store, freshness),
      history: new HistoryView(store, policies, sealer),
    },
  };
}

export type Books = Awaited<ReturnType<typeof openBooks>>;
