// Gives one command to the office and to the reference, and demands the same outcome of both.
import { Rejection } from '../../src/core/rejection.js';
import type { CommandContext, Recorded } from '../../src/event-store/order.js';
import { AmendPolicy, PublishPolicy } from '../../src/policies/policy.handler.js';
import { RegisterDistrict, RegisterSchool } from '../../src/schools/school.handler.js';
import {
  RecordGrant,
  RecordMeals,
  RecordSubsidy,
  RecordWaiver,
  ReturnPayment,
  ReversePayment,
} from '../../src/students/payment.handler.js';
import {
  DepartStudent,
  DetermineHardship,
  EnrolStudent,
  RegisterStudent,
  RevokeHardship,
} from '../../src/students/student.handler.js';
import { METHODS_OF } from '../../src/core/vocabulary.js';
import type { Term } from '../../src/core/term.js';
import type { Books } from '../support/books.js';
import { Reference, type RefVersion } from './reference.js';
import { CATEGORIES, draftOf, newPolicies, SCHOOLS, TERMS, termsOf, TODAY, yuan, type ModelCommand } from './world.js';

const STAGES = ['primary', 'junior-secondary'] as const;
const RECORDING = { waiver: RecordWaiver, subsidy: RecordSubsidy, grant: RecordGrant, meals: RecordMeals };

/** A text field of the first event. */
const textOf = (recorded: Recorded | undefined, field: string): string =>
  String(Object(recorded?.events[0]?.data)[field as never]);

interface Sent {
  execute: (context: CommandContext) => Promise<Recorded>;
  context: CommandContext;
  recorded: Recorded;
}

export class ModelRun {
  readonly reference = new Reference(newPolicies(), TODAY);
  readonly studentIds: string[] = [];
  /** Ledger position of each movement of the reference. */
  readonly positions: number[] = [];
  readonly eventTypes: string[][] = [];
  private readonly sent: Sent[] = [];
  accepted = 0;

  constructor(readonly books: Books) {}

  async open(): Promise<void> {
    const { books } = this;
    const district = { districtId: 'rencheng', name: '任城区', census: { autumn: '10-31', spring: '04-30' } };
    await books.register.registerDistrict(new RegisterDistrict(district, books.context()));
    for (const { schoolId, setting } of SCHOOLS)
      await books.register.registerSchool(
        new RegisterSchool(
          { schoolId, name: schoolId, districtId: 'rencheng', stages: [...STAGES], setting },
          books.context(),
        ),
      );
    for (const policy of this.reference.policies)
      await books.policies.publish(new PublishPolicy(draftOf(policy), books.context()));
    await this.step({ do: 'register' });
    await this.step({ do: 'register' });
  }

  async step(command: ModelCommand): Promise<void> {
    switch (command.do) {
      case 'register':
        return this.register();
      case 'again':
        return this.again(command.which);
      case 'record':
        return this.record(command);
      case 'reverse':
      case 'return':
        return this.moneyBack(command);
      case 'amend':
        return this.amend(command);
      default:
        return this.fact(command);
    }
  }

  private async register(): Promise<void> {
    this.reference.newStudent();
    this.eventTypes.push([]);
    const { students } = this.books;
    const recorded = await this.both('ok', (context) =>
      students.register(new RegisterStudent({ name: '某某', studentGroups: [] }, context)),
    );
    this.studentIds.push(textOf(recorded, 'studentId'));
    this.eventTypes.at(-1)?.push('StudentRegistered');
  }

  private async fact(
    command: Extract<ModelCommand, { do: 'enrol' | 'depart' | 'determine' | 'revoke' }>,
  ): Promise<void> {
    const { students } = this.books;
    const [index, studentId] = this.student(command.student);
    const note = (type: string, recorded: Recorded | undefined): void =>
      void (recorded && this.eventTypes[index]?.push(type));
    if (command.do === 'enrol') {
      const { schoolId, setting } = SCHOOLS[command.school] ?? SCHOOLS[0];
      const { boarding, from, until } = command;
      const at = { stage: STAGES[command.stage] ?? 'primary', boarding, from, ...(until && { until }) };
      const expected = this.reference.enrol(index, { school: schoolId, setting, ...at });
      note(
        'StudentEnrolled',
        await this.both(expected, (context) =>
          students.enrol(new EnrolStudent({ studentId, schoolId, ...at }, context)),
        ),
      );
    } else if (command.do === 'depart') {
      const order = { studentId, date: command.date, reason: 'transferred' as const };
      note(
        'StudentDeparted',
        await this.both(this.reference.depart(index, command.date), (context) =>
          students.depart(new DepartStudent(order, context)),
        ),
      );
    } else if (command.do === 'determine') {
      const order = { studentId, category: CATEGORIES[command.category] ?? 'orphan', from: command.from };
      const recorded = await this.both('ok', (context) => students.determine(new DetermineHardship(order, context)));
      this.reference.determine(index, textOf(recorded, 'determinationId'), order.category, order.from);
      note('HardshipDetermined', recorded);
    } else {
      const known = this.reference.students[index]?.hardship ?? [];
      const determinationId = known[command.which % Math.max(known.length, 1)]?.id ?? 'unknown';
      const order = { studentId, determinationId, from: command.from, reason: '复核' };
      const expected = this.reference.revoke(index, determinationId, command.from);
      note(
        'HardshipRevoked',
        await this.both(expected, (context) => students.revoke(new RevokeHardship(order, context))),
      );
    }
  }

  private async record(command: Extract<ModelCommand, { do: 'record' }>): Promise<void> {
    const [index, studentId] = this.student(command.student);
    const policy = this.reference.policies[command.policy];
    const term: Term = TERMS[command.term] ?? '2023-autumn';
    const meals = policy?.kind === 'meals';
    // One order in forty names days for money or money for meals.
    const givesDays = command.odd === 0 ? !meals : meals;
    const given = { ...(givesDays ? { days: command.days } : { fen: command.fen }), paidOn: command.paidOn };
    const { accounts } = this.books;
    const Command = RECORDING[policy?.kind ?? 'subsidy'];
    const policyId = policy?.id ?? 'nothing';
    const method = METHODS_OF[policy?.kind ?? 'subsidy'][0] ?? 'card';
    const amount = givesDays ? { days: command.days } : { amount: yuan(command.fen) };
    const order = { studentId, policyId, term, paidOn: command.paidOn, method, reference: 'R', ...amount };
    const before = this.reference.payments.length;
    const expected = this.reference.record(index, 'pending', { policy: policyId, term, ...given });
    const recorded = await this.both(expected, (context) => accounts.record(new Command(order, context)));
    if (!recorded) return;
    const payment = this.reference.payments[before];
    if (payment) payment.id = textOf(recorded, 'paymentId');
    this.positions.push(recorded.position);
    this.eventTypes[index]?.push('PaymentDisbursed');
  }

  private async moneyBack(command: Extract<ModelCommand, { do: 'reverse' | 'return' }>): Promise<void> {
    const { accounts } = this.books;
    const { payments } = this.reference;
    const payment = payments[command.which % Math.max(payments.length, 1)];
    const paymentId = payment?.id ?? 'unknown';
    const recorded =
      command.do === 'reverse'
        ? await this.both(this.reference.reverse(paymentId), (context) =>
            accounts.reverse(new ReversePayment({ paymentId, reason: '记错' }, context)),
          )
        : await this.both(this.reference.giveBack(paymentId, command.fen, command.date), (context) => {
            const order = { paymentId, returnedOn: command.date, cause: 'bank-refused' as const, reference: 'R' };
            return accounts.return(
              new ReturnPayment({ ...order, ...(command.fen !== undefined && { amount: yuan(command.fen) }) }, context),
            );
          });
    if (!recorded || !payment) return;
    this.positions.push(recorded.position);
    this.eventTypes[payment.student]?.push(command.do === 'reverse' ? 'PaymentReversed' : 'PaymentReturned');
  }

  /** A new version, often back-dated: the first version's terms at another rate. */
  private async amend(command: Extract<ModelCommand, { do: 'amend' }>): Promise<void> {
    const policy = this.reference.policies[command.policy % this.reference.policies.length];
    const [first] = policy?.versions ?? [];
    if (!policy || !first) return;
    const rates =
      first.rates &&
      Object.fromEntries(Object.entries(first.rates).map(([stage, fen]) => [stage, fen * command.factor]));
    const until = TERMS[command.until] ?? null;
    const from = TERMS[command.from] ?? '2025-spring';
    if (until && TERMS.indexOf(until) < TERMS.indexOf(from)) return;
    const next: RefVersion = { ...first, from, until, ...(rates && { rates }) };
    const expected = this.reference.amend(policy.id, next);
    await this.both(expected, (context) =>
      this.books.policies.amend(new AmendPolicy({ policyId: policy.id, terms: termsOf({ ...next, until }) }, context)),
    );
  }

  /** A command that was accepted before, sent again under its key: the first answer, and nothing written. */
  private async again(which: number): Promise<void> {
    const sent = this.sent[which % Math.max(this.sent.length, 1)];
    if (!sent) return;
    const { position } = await this.books.store.head();
    const replay = await sent.execute(sent.context);
    expect({ ...replay, replayed: false }).toEqual(sent.recorded);
    expect(replay.replayed).toBe(true);
    expect((await this.books.store.head()).position).toBe(position);
  }

  private student(index: number): [number, string] {
    const at = index % this.studentIds.length;
    return [at, this.studentIds[at] ?? ''];
  }

  private async both(
    expected: string,
    execute: (context: CommandContext) => Promise<Recorded>,
  ): Promise<Recorded | undefined> {
    const context = this.books.context();
    try {
      const recorded = await execute(context);
      expect('ok').toBe(expected);
      this.sent.push({ execute, context, recorded });
      this.accepted++;
      return recorded;
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      expect(error.code).toBe(expected);
      return undefined;
    }
  }
}
