// A mailbox at a provider, as far as the stories need one: it lets one user in, shows one folder, gives its mails, and tells of new ones.

import net from 'node:net';

export class MailboxServer {
  private readonly idling = new Set<{ socket: net.Socket; tag: string }>();
  private constructor(private readonly server: net.Server, readonly port: number, private readonly mails: string[]) {}

  static async start(password: string): Promise<MailboxServer> {
    const mails: string[] = [];
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const mailbox = new MailboxServer(server, (server.address() as net.AddressInfo).port, mails);
    server.on('connection', (socket) => mailbox.serve(socket, password));
    return mailbox;
  }

  /** A mail comes. */
  deliver(raw: string) {
    this.mails.push(raw.replace(/\r?\n/g, '\r\n'));
    for (const { socket } of this.idling) socket.write(`* ${this.mails.length} EXISTS\r\n`);
  }

  stop() {
    this.server.close();
  }

  private serve(socket: net.Socket, password: string) {
    let rest = '';
    let idle: { socket: net.Socket; tag: string } | undefined;
    socket.on('error', () => socket.destroy());
    socket.on('close', () => idle && this.idling.delete(idle));
    socket.write('* OK ready\r\n');
    socket.on('data', (bytes) => {
      const lines = (rest + bytes.toString('utf8')).split('\r\n');
      rest = lines.pop()!;
      for (const line of lines) {
        if (line === 'DONE' && idle) {
          this.idling.delete(idle);
          socket.write(`${idle.tag} OK done\r\n`);
          idle = undefined;
          continue;
        }
        const [tag, ...words] = line.split(' ');
        const command = words.join(' ').toUpperCase();
        if (command === 'IDLE') {
          idle = { socket, tag };
          this.idling.add(idle);
          socket.write('+ idling\r\n');
        } else if (command.startsWith('LOGIN')) {
          socket.write(line.includes(`"${password}"`) ? `${tag} OK welcome\r\n` : `${tag} NO [AUTHENTICATIONFAILED] Authentication failed.\r\n`);
        } else if (command === 'STARTTLS') {
          socket.write(`${tag} BAD not known here\r\n`);
        } else {
          socket.write(this.answer(command) + `${tag} ${command.startsWith('EXAMINE') && !command.includes('INBOX') ? 'NO there is no such folder' : 'OK done'}\r\n`);
        }
      }
    });
  }

  private answer(command: string): string {
    const uid = Number(/^UID (?:FETCH|SEARCH UID) (\d+)/.exec(command)?.[1] ?? 0);
    if (command === 'CAPABILITY') return '* CAPABILITY IMAP4rev1 IDLE\r\n';
    if (command.startsWith('EXAMINE') && command.includes('INBOX')) return `* ${this.mails.length} EXISTS\r\n* OK [UIDVALIDITY 7] numbers\r\n`;
    if (command.startsWith('UID SEARCH')) return `* SEARCH${this.mails.map((_, at) => at + 1).filter((one) => one >= uid).map((one) => ` ${one}`).join('')}\r\n`;
    if (!command.startsWith('UID FETCH')) return '';
    const wanted = /^UID FETCH ([\d,]+)/.exec(command)![1].split(',').map(Number);
    return wanted.filter((one) => this.mails[one - 1] !== undefined).map((one) => {
      const raw = this.mails[one - 1];
      const what = command.includes('BODY') ? `BODY[] {${Buffer.byteLength(raw)}}\r\n${raw}` : `RFC822.SIZE ${Buffer.byteLength(raw)}`;
      return `* ${one} FETCH (UID ${one} ${what})\r\n`;
    }).join('');
  }
}
