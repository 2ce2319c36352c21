// A private PostgreSQL for one run: made by initdb in a temporary folder, reached by a socket on the loopback only, gone afterwards.

import { execFileSync, spawn, ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const NOBODY = 65534;

/** Folder of initdb and postgres. */
function binaries(): string {
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : [];
  const folder = versions.map((version) => path.join(base, version, 'bin')).find((folder) => existsSync(path.join(folder, 'initdb')));
  if (!folder) throw new Error('No PostgreSQL server here. Install it: apt-get install postgresql');
  return folder;
}

/** In memory where there is plenty: files made and deleted by the thousand cost a disk more than all else. */
function place(): string {
  const memory = '/dev/shm';
  const room = existsSync(memory) ? statfsSync(memory) : { bavail: 0, bsize: 0 };
  return room.bavail * room.bsize > 2 ** 32 ? memory : tmpdir();
}

/** A port nobody listens at. Below those that a system gives to connections of its own: one of them may take it before a server does. */
export async function freePort(): Promise<number> {
  const port = 11_000 + Math.floor(Math.random() * 21_000);
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)));
  if (!free) return freePort();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export class Postgres {
  private constructor(private readonly child: ChildProcess, private readonly folder: string, readonly url: string) {}

  static async start(): Promise<Postgres> {
    const [bin, port] = [binaries(), await freePort()];
    const folder = mkdtempSync(path.join(place(), 'recado-postgres-'));
    // initdb refuses to run as root
    const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    if ('uid' in user) chownSync(folder, NOBODY, NOBODY);
    const data = path.join(folder, 'data');
    execFileSync(path.join(bin, 'initdb'), ['-D', data, '-U', 'recado', '--auth=trust', '-E', 'UTF8', '--locale=C'], { ...user, cwd: folder, stdio: 'ignore' });
    const settings = ['-D', data, '-p', String(port), '-k', folder, '-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'plan_cache_mode=force_generic_plan', '-c', 'shared_buffers=32MB'];
    const child = spawn(path.join(bin, 'postgres'), settings, { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    await new Promise<void>((resolve, reject) => {
      let said = '';
      child.stderr!.on('data', (text) => {
        said += text;
        if (said.includes('ready to accept connections')) resolve();
      });
      child.on('exit', () => reject(new Error(`PostgreSQL did not start:\n${said}`)));
    });
    return new Postgres(child, folder, `postgres://recado@127.0.0.1:${port}/postgres`);
  }

  async stop() {
    const gone = new Promise((resolve) => this.child.on('exit', resolve));
    this.child.kill('SIGINT');
    await gone;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
