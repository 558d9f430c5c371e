// The composition: the installation's parts as providers, the books as modules. The only place that joins them.
import { Global, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { Logger } from 'pino';
import { Clock, Ids } from './core/clock.js';
import { EntitlementsModule } from './entitlements/entitlements.module.js';
import { EventStore } from './event-store/event-store.js';
import { Ledger } from './event-store/ledger.js';
import { Doors } from './access/credential.view.js';
import { LastUse } from './http/last-use.js';
import { RateLimit } from './http/rate-limit.js';
import { HttpModule } from './http/http.module.js';
import { Metrics } from './http/metrics.js';
import { LOGGER } from './http/problem.filter.js';
import type { Installation } from './installation.js';
import { KeyStore } from './keys/key-store.js';
import { StudentSealer } from './keys/student-sealer.js';
import { Freshness } from './office/freshness.js';
import { CatalogueLoader } from './policies/catalogue.loader.js';
import { NoticesModule } from './notices/notices.module.js';
import { PoliciesModule } from './policies/policies.module.js';
import { Projector } from './read-models/projector.js';
import { Tables } from './tables/tables.js';
import { SchoolsModule } from './schools/schools.module.js';
import { StudentsModule } from './students/students.module.js';
import { TotalsModule } from './totals/totals.module.js';

const partsOf = (installation: Installation, logger: Logger): Provider[] => [
  { provide: EventStore, useValue: installation.store },
  { provide: Tables, useValue: installation.models },
  { provide: KeyStore, useValue: installation.keys },
  { provide: StudentSealer, useValue: installation.sealer },
  { provide: Projector, useValue: installation.projector },
  { provide: Freshness, useValue: installation.freshness },
  { provide: Ledger, useValue: installation.ledger },
  { provide: Clock, useValue: installation.clock },
  { provide: Ids, useValue: installation.ids },
  { provide: Doors, useValue: Doors.of(installation.bootstrapKey, installation.tokens) },
  { provide: RateLimit, useValue: new RateLimit(installation.rateLimit) },
  { provide: LastUse, useValue: new LastUse(installation.models, installation.clock, logger) },
  { provide: Metrics, useValue: new Metrics(installation.projector) },
  { provide: LOGGER, useValue: logger },
];

@Global()
@Module({})
class InstallationModule {
  static of(installation: Installation, logger: Logger): DynamicModule {
    const providers = partsOf(installation, logger);
    return { module: InstallationModule, providers, exports: providers };
  }
}

@Module({})
export class AppModule {
  static of(installation: Installation, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        InstallationModule.of(installation, logger),
        CqrsModule.forRoot(),
        HttpModule,
        PoliciesModule,
        SchoolsModule,
        StudentsModule,
        EntitlementsModule,
        TotalsModule,
        NoticesModule,
      ],
      providers: [CatalogueLoader],
    };
  }
}
