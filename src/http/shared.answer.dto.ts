// What answers of several books contain.

/** Who acted, as known when it was recorded. */
export class ActorAnswer {
  /** Id of the principal. */
  id!: string;

  /** Role in which it acted, e.g. `district-officer`; `owner` holds every role. */
  role!: string;

  /** Name of the key. */
  name!: string;
}

export class BilingualAnswer {
  /** In Chinese. */
  zh!: string;

  /** In English. */
  en!: string;
}
