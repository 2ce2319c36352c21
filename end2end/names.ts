// A DNS server of our own, so that mail can prove its sender without the world: answers TXT from a table, nothing else.

import dgram from 'node:dgram';
import { AddressInfo } from 'node:net';
import packet from 'dns-packet';

export class Names {
  private readonly texts = new Map<string, string>();
  private constructor(private readonly socket: dgram.Socket, readonly address: string) {}

  static async start(): Promise<Names> {
    const socket = dgram.createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const names = new Names(socket, `127.0.0.1:${(socket.address() as AddressInfo).port}`);
    socket.on('message', (bytes, peer) => socket.send(names.answer(bytes), peer.port, peer.address));
    return names;
  }

  text(name: string, value: string) {
    this.texts.set(name.toLowerCase(), value);
  }

  stop() {
    this.socket.close();
  }

  private answer(bytes: Buffer): Buffer {
    const query = packet.decode(bytes);
    const question = query.questions![0];
    const value = question.type === 'TXT' ? this.texts.get(question.name.toLowerCase().replace(/\.$/, '')) : undefined;
    // a text of more than 255 bytes is several strings (RFC 1035 section 3.3.14)
    const strings = value?.match(/.{1,255}/g);
    return packet.encode({
      type: 'response',
      id: query.id,
      flags: packet.AUTHORITATIVE_ANSWER | packet.RECURSION_DESIRED | packet.RECURSION_AVAILABLE | (value ? 0 : 3),
      questions: query.questions,
      answers: strings ? [{ type: 'TXT', name: question.name, ttl: 60, data: strings }] : [],
    });
  }
}
