// A line between browsers and Recado that can fall silent: nothing passes and nothing is closed, as when a lid is shut or a network gone
// and nobody says so.

import { AddressInfo, connect, createServer, Server, Socket } from 'node:net';

export class Line {
  private readonly all = new Set<Socket>();
  private pairs: [Socket, Socket][] = [];
  private silent = false;
  private constructor(readonly url: string, private readonly server: Server) {}

  /** A line to an address of this machine. */
  static async start(to: string): Promise<Line> {
    const { hostname, port } = new URL(to);
    const server = createServer((client) => line.join(client, Number(port)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const line: Line = new Line(`http://${hostname}:${(server.address() as AddressInfo).port}`, server);
    return line;
  }

  /** What is open stays silent for good, and what comes until it passes again. */
  fallSilent() {
    this.silent = true;
    for (const one of this.pairs.flat()) one.unpipe().removeAllListeners('close').pause();
    this.pairs = [];
  }

  /** What comes from now on passes. */
  pass() {
    this.silent = false;
  }

  stop() {
    this.server.close();
    for (const one of this.all) one.destroy();
  }

  private join(client: Socket, port: number) {
    this.keep(client);
    if (this.silent) return;
    const there = this.keep(connect(port, '127.0.0.1'));
    client.on('close', () => there.destroy());
    there.on('close', () => client.destroy());
    client.pipe(there).pipe(client);
    this.pairs.push([client, there]);
  }

  private keep(socket: Socket) {
    this.all.add(socket);
    return socket.on('error', () => socket.destroy());
  }
}
