// What every command of the office has: an order in the clerk's terms, and who gives it under which key.
import { Command, CommandHandler } from '@nestjs/cqrs';
import { Inject, type Type } from '@nestjs/common';
import type { CommandContext, Recorded } from '../event-store/order.js';

export abstract class OfficeCommand<Order> extends Command<Recorded> {
  constructor(
    readonly order: Order,
    readonly context: CommandContext,
  ) {
    super();
  }
}

/** Binds a command to a method of the book that carries it out, so that a module's routes read as a table. */
export function handle<Book extends object, C extends OfficeCommand<unknown>>(
  command: Type<C>,
  bookType: Type<Book>,
  execute: (book: Book, command: C) => Promise<Recorded>,
): Type {
  @CommandHandler(command)
  class Handler {
    constructor(@Inject(bookType) private readonly book: Book) {}

    execute(given: C): Promise<Recorded> {
      return execute(this.book, given);
    }
  }
  return Handler;
}
