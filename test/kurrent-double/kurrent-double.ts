// A double of EventStoreDB 23.10 (KurrentDB) on the wire: the official client talks to it unchanged.
//
// It answers Append, BatchAppend, Read (also as a subscription), GetSupportedMethods and Gossip as the server's source
// of 23.10 says and as nodes of 23.10.6 were seen to answer (contract.ts runs against both): which appends are repeats,
// wrong or new; positions that are offsets in the log; where reads and subscriptions begin; checkpoints, caught-up and
// the words of errors. The rest is assumed, and only a real server can confirm it: that an append is seen by all as
// soon as it is answered, that a lost connection takes nothing along that was committed, the words of a timeout, and
// that a slow consumer is never dropped unless a fault says so. There is no deletion, no link, no metadata, no user, no
// TLS, and no disk.
import {
  Server,
  ServerCredentials,
  type Metadata,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import { GossipService } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_grpc_pb.js';
import {
  ClusterInfo,
  EndPoint,
  MemberInfo,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_pb.js';
import { ServerFeaturesService } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_grpc_pb.js';
import {
  SupportedMethod,
  SupportedMethods,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_pb.js';
import { StreamsService } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb.js';
import type { ReadReq, ReadResp } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import { createServer, type AddressInfo, type Server as Listener, type Socket } from 'node:net';
import { append, batchAppend } from './appends.js';
import { EventLog } from './event-log.js';
import { Faults, notLeader, refusalOf, type CallKind, type Endpoint, type Refusal } from './faults.js';
import { structured } from './messages.js';
import type { Call, Node } from './node.js';
import { read } from './reads.js';

export interface DoubleOptions {
  /** A node that leads; this one follows it with the same log. */
  leader?: KurrentDouble;
  /** Whether batched appends are advertised; without them the client appends one call each. */
  batches?: boolean;
}

/** The nodes of one log. */
interface Cluster {
  log: EventLog;
  nodes: KurrentDouble[];
  leader?: KurrentDouble;
}

const VERSION = '23.10.6';
const STREAMS = 'event_store.client.streams.streams';
const FLUSH_MS = 5;
const HOST = '127.0.0.1';

export class KurrentDouble implements Node {
  readonly faults = new Faults();
  readonly calls: Record<CallKind, number> = { append: 0, read: 0, subscribe: 0, features: 0, gossip: 0 };
  readonly #instance = crypto.randomUUID();
  readonly #cluster: Cluster;
  readonly #batches: boolean;
  readonly #sockets = new Map<number, Socket>();
  #port = 0;
  #server: Server | undefined;
  #listener: Listener | undefined;

  private constructor({ leader, batches = true }: DoubleOptions) {
    this.#cluster = leader ? leader.#cluster : { log: new EventLog(), nodes: [] };
    this.#cluster.nodes.push(this);
    this.#cluster.leader ??= this;
    this.#batches = batches;
  }

  static async start(options: DoubleOptions = {}): Promise<KurrentDouble> {
    const double = new KurrentDouble(options);
    await double.start();
    return double;
  }

  get url(): string {
    return `kurrentdb://${HOST}:${this.#port}?tls=false`;
  }

  /** The connection string of all nodes, with which the client asks the gossip for the leader. */
  get clusterUrl(): string {
    const hosts = this.#cluster.nodes.map(({ endpoint }) => `${endpoint.address}:${endpoint.port}`);
    return `kurrentdb://${[...hosts, ...hosts].slice(0, Math.max(2, hosts.length)).join(',')}?tls=false`;
  }

  get endpoint(): Endpoint {
    return { address: HOST, port: this.#port };
  }

  get log(): EventLog {
    return this.#cluster.log;
  }

  get leader(): Endpoint {
    return (this.#cluster.leader ?? this).endpoint;
  }

  get isRunning(): boolean {
    return this.#listener !== undefined;
  }

  /** How many appends came in, batched or not. */
  get appendCalls(): number {
    return this.calls.append;
  }

  /** From now on this node leads. */
  lead(): void {
    this.#cluster.leader = this;
  }

  /** Starts, or starts again with the log it had, on the port it had. */
  async start(): Promise<void> {
    if (this.#listener) return;
    if (this.#port > 0) this.log.restarted();
    const server = this.#newServer();
    const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
    const listener = createServer((socket) => {
      this.#keep(socket);
      injector.injectConnection(socket);
    });
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject).listen(this.#port, HOST, resolve);
    });
    this.#port = (listener.address() as AddressInfo).port;
    [this.#server, this.#listener] = [server, listener];
  }

  /** As a node that is stopped or killed: all connections are dropped, what stalled is never written. */
  async stop(): Promise<void> {
    const listener = this.#listener;
    if (!listener) return;
    this.#listener = undefined;
    this.faults.forgetCalls();
    const closed = new Promise((resolve) => {
      listener.close(resolve);
    });
    for (const socket of this.#sockets.values()) socket.destroy();
    this.#server?.forceShutdown();
    await closed;
  }

  async dispose(): Promise<void> {
    await this.stop();
    this.faults.clear();
    this.#cluster.nodes = this.#cluster.nodes.filter((node) => node !== this);
  }

  refusalFor(metadata: Metadata): Refusal | undefined {
    const asksForLeader = metadata.get('requires-leader').includes('true');
    return asksForLeader && this.#cluster.leader !== this ? notLeader(this.leader) : undefined;
  }

  drop(call: Pick<Call, 'getPeer'>): void {
    const port = Number(call.getPeer().split(':').at(-1));
    const socket = this.#sockets.get(port);
    // What was sent before is on its way first.
    setTimeout(() => socket?.destroy(), FLUSH_MS);
  }

  #keep(socket: Socket): void {
    const port = socket.remotePort ?? 0;
    this.#sockets.set(port, socket);
    socket.once('close', () => this.#sockets.delete(port));
    // A connection that is reset says so here too; who dropped it knows.
    socket.on('error', () => socket.destroy());
  }

  #newServer(): Server {
    const server = new Server({ 'grpc.enable_channelz': 0, 'grpc.max_receive_message_length': -1 });
    server.addService(StreamsService, {
      append: append.bind(undefined, this),
      batchAppend: batchAppend.bind(undefined, this),
      read: (call: ServerWritableStream<ReadReq, ReadResp>) => void read(this, call),
    });
    server.addService(ServerFeaturesService, { getSupportedMethods: this.#answer('features', () => this.#features()) });
    server.addService(GossipService, { read: this.#answer('gossip', () => this.#gossip()) });
    return server;
  }

  #answer<Answer>(kind: 'features' | 'gossip', answer: () => Answer) {
    const serve = async (call: ServerUnaryCall<unknown, Answer>, callback: sendUnaryData<Answer>): Promise<void> => {
      this.calls[kind] += 1;
      const fault = this.faults.take(kind);
      if (fault?.failure === 'drop') return this.drop(call);
      if (fault?.failure === 'stall') await this.faults.hold();
      else if (fault) return callback(refusalOf(fault.failure, fault.leader ?? this.leader));
      callback(null, answer());
    };
    return (call: ServerUnaryCall<unknown, Answer>, callback: sendUnaryData<Answer>) => void serve(call, callback);
  }

  #features(): SupportedMethods {
    const names = {
      read: ['position', 'events'],
      append: [],
      ...(this.#batches && { batchappend: ['deadline_duration'] }),
    };
    const methods = Object.entries(names).map(([name, features]) => {
      return new SupportedMethod().setServiceName(STREAMS).setMethodName(name).setFeaturesList(features);
    });
    return new SupportedMethods().setEventStoreServerVersion(VERSION).setMethodsList(methods);
  }

  #gossip(): ClusterInfo {
    return new ClusterInfo().setMembersList(this.#cluster.nodes.map((node) => node.#member()));
  }

  #member(): MemberInfo {
    const { LEADER, FOLLOWER } = MemberInfo.VNodeState;
    const member = new MemberInfo();
    member.setInstanceId(structured(this.#instance));
    member.setTimeStamp(String(BigInt(Date.now()) * 10_000n));
    member.setState(this.#cluster.leader === this ? LEADER : FOLLOWER);
    member.setIsAlive(this.isRunning);
    return member.setHttpEndPoint(new EndPoint().setAddress(HOST).setPort(this.#port));
  }
}
