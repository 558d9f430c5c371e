// One kept connection that asks and waits, or asks and goes away before the answer.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { answerIn } from './driver.js';

export interface Reply {
  status: number;
  body: string;
}

export class Connection {
  private socket: Socket | undefined;

  constructor(private readonly port: number) {}

  async ask(request: Buffer): Promise<Reply> {
    const socket = await this.open();
    const reply = readReply(socket);
    socket.write(request);
    return reply;
  }

  /** Sends the request and cuts the connection somewhere between nothing and everything of its handling. */
  async askAndLeave(request: Buffer, afterMs: number): Promise<void> {
    const socket = await this.open();
    socket.write(request);
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    this.close();
  }

  close(): void {
    this.socket?.destroy();
    this.socket = undefined;
  }

  private async open(): Promise<Socket> {
    if (this.socket && !this.socket.destroyed) return this.socket;
    const socket = connect(this.port, '127.0.0.1').setNoDelay(true);
    socket.on('error', () => {});
    this.socket = socket;
    await once(socket, 'connect');
    return socket;
  }
}

function readReply(socket: Socket): Promise<Reply> {
  return new Promise((resolve, reject) => {
    let unread: Buffer = Buffer.alloc(0);
    const take = (bytes: Buffer): void => {
      unread = Buffer.concat([unread, bytes]);
      const reply = replyIn(unread);
      if (reply) end(() => resolve(reply));
    };
    const closed = (): void => end(() => reject(new Error('the service closed the connection without an answer')));
    const end = (tell: () => void): void => {
      socket.off('data', take).off('close', closed);
      tell();
    };
    socket.on('data', take).on('close', closed);
  });
}

function replyIn(bytes: Buffer): Reply | undefined {
  const answer = answerIn(bytes);
  return answer && { status: answer.status, body: bytes.toString('utf8', answer.bodyAt, answer.length) };
}
