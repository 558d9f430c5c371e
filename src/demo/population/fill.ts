// A ledger filled with a made-up population, through the office's own commands: every rule is checked, every event is
// signed, chained and synced as always; only HTTP is left out.
import { CommandBus } from '@nestjs/cqrs';
import { showProgress } from '../../cli/progress.js';
import { readConfig } from '../../config.js';
import { EVERYTHING } from '../../core/reach.js';
import type { CommandContext, Recorded } from '../../event-store/order.js';
import { KeyStore } from '../../keys/key-store.js';
import { Freshness } from '../../office/freshness.js';
import type { Progress } from '../../read-models/pace.js';
import { RegisterDistrict, RegisterSchool } from '../../schools/school.handler.js';
import { DEFAULT_CENSUS } from '../../schools/school.js';
import { startService } from '../../service.js';
import { PaymentRecorder } from '../../students/payment-recorder.js';
import { ReturnPayment, ReversePayment } from '../../students/payment.handler.js';
import { DetermineHardship, EnrolStudent, RegisterStudent } from '../../students/student.handler.js';
import { Population, type PlannedPayment } from './population.js';
import { SINCE, type PlannedPupil } from './pupils.js';

/** Pupils or payments taken together. */
const AT_ONCE = 500;

export class Filling {
  constructor(
    private readonly population: Population,
    private readonly bus: CommandBus,
    private readonly recorder: PaymentRecorder,
    private readonly keys: KeyStore,
    private readonly freshness: Freshness,
  ) {}

  async run(progress: { pupils: Progress; payments: Progress }): Promise<void> {
    await this.places();
    await this.pupils(progress.pupils);
    await this.payments(progress.payments);
    await this.freshness.current();
  }

  private async places(): Promise<void> {
    // The first is in the catalogue.
    for (const district of [...this.population.districts()].slice(1))
      await this.bus.execute(
        new RegisterDistrict({ ...district, census: DEFAULT_CENSUS }, this.contextOf(district.districtId)),
      );
    for (const { school } of this.population.places())
      await this.bus.execute(
        new RegisterSchool({ ...school, stages: [...school.stages] }, this.contextOf(school.schoolId)),
      );
  }

  private async pupils(progress: Progress): Promise<void> {
    let done = 0;
    const total = this.population.pupilCount;
    for (const pupils of batches(this.population.pupils())) {
      await this.freshness.nearlyCurrent();
      await Promise.all(pupils.map((pupil) => this.pupil(pupil)));
      progress((done += pupils.length), total);
    }
  }

  private async pupil({ index, name, citizenNumber, birthDate, place, boarding, hardship }: PlannedPupil) {
    const context = (what: string): CommandContext => this.contextOf(`${what}-${index}`);
    await this.bus.execute(
      new RegisterStudent({ name, citizenNumber, birthDate, studentGroups: [] }, context('pupil')),
    );
    const studentId = this.studentId(index);
    const admission = place.stage === 'university' && ({ admission: 'new-entrant' } as const);
    await this.bus.execute(
      new EnrolStudent(
        { studentId, schoolId: place.school.schoolId, stage: place.stage, boarding, from: SINCE, ...admission },
        context('enrolment'),
      ),
    );
    if (hardship)
      await this.bus.execute(new DetermineHardship({ studentId, ...hardship, from: SINCE }, context('hardship')));
  }

  /** The id follows from the command, so that nobody has to keep a list of a province's pupils. */
  private studentId(index: number): string {
    return this.keys.studentIdFor(this.contextOf(`pupil-${index}`).commandId);
  }

  private async payments(progress: Progress): Promise<void> {
    let done = 0;
    for (const payments of batches(this.population.paymentsInOrder())) {
      const paymentIds = await this.record(payments);
      await this.correct(payments, paymentIds);
      progress((done += payments.length), this.population.payments);
    }
  }

  private async record(payments: readonly PlannedPayment[]): Promise<string[]> {
    const results = await this.recorder.recordAll(
      await Promise.all(payments.map((payment) => this.commandOf(payment))),
    );
    return results.map((result, index) => {
      if ('payment' in result) return result.payment.paymentId;
      throw new Error(`payment ${payments[index]?.key} was refused: ${String(result.reason)}`);
    });
  }

  private commandOf({ key, pupil, policyId, term, paidOn, amount, days, method, reference }: PlannedPayment) {
    const given = { ...(amount !== undefined && { amount }), ...(days !== undefined && { days }) };
    const request = { studentId: this.studentId(pupil), policyId, term, paidOn, ...given, method, reference };
    return this.recorder.commandOf(request, this.contextOf(key), undefined);
  }

  private async correct(payments: readonly PlannedPayment[], paymentIds: readonly string[]): Promise<void> {
    await Promise.all(
      payments.flatMap(({ key, correction, reference }, index): Promise<Recorded>[] => {
        const paymentId = paymentIds[index] ?? '';
        if (!correction) return [];
        const context = this.contextOf(`${key}-correction`);
        return [
          'reason' in correction
            ? this.bus.execute(new ReversePayment({ paymentId, ...correction }, context))
            : this.bus.execute(new ReturnPayment({ paymentId, reference, ...correction }, context)),
        ];
      }),
    );
  }

  private contextOf(what: string): CommandContext {
    return {
      actor: { id: 'population', role: 'district-officer', name: '演示 Demo' },
      reach: EVERYTHING,
      commandId: this.keys.commandIdFor('population', what),
      fingerprint: what,
      requestId: 'population',
    };
  }
}

function* batches<T>(items: Iterable<T>): Generator<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < AT_ONCE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Fills the ledger that the environment names, and shows how far it is. What is there already is not recorded again. */
export async function fillLedger(environment: NodeJS.ProcessEnv, payments: number): Promise<void> {
  const service = await startService(readConfig({ LOG_LEVEL: 'silent', AID_CATALOGUE: 'rencheng', ...environment }), {
    listen: false,
  });
  const bars = [showProgress('学生 pupils'), showProgress('发放 payments')] as const;
  try {
    const filling = new Filling(
      new Population(payments),
      service.app.get(CommandBus),
      service.app.get(PaymentRecorder, { strict: false }),
      service.app.get(KeyStore, { strict: false }),
      service.app.get(Freshness, { strict: false }),
    );
    const [pupils, recorded] = bars;
    await filling.run({
      pupils: (done, total) => pupils.update(done, total),
      payments: (done, total) => recorded.update(done, total),
    });
  } finally {
    for (const bar of bars) bar.stop();
    await service.stop();
  }
}
