// Types of `Recado(..)`, for the sites that use it, and of what the server puts into the loader.
//
//   <script>window.Recado = window.Recado || function () { (Recado.q = Recado.q || []).push(arguments) }</script>
//   <script async src="https://HOST/w/KEY.js"></script>
//
// The first line is only for pages that call `Recado` before the script came; what they call is kept and done in order.

export type Status = 'online' | 'away' | 'offline';
export type Value = string | number | boolean | null;

/** Who the visitor is. With `hash` the site vouches for it; the hash is made on the site's server, never in a page. */
export interface Identity {
  /** The site's own name for the person, the same at each visit. */
  id?: string;
  /** Tawk's word for `id`. */
  userId?: string;
  name?: string;
  email?: string;
  phone?: string;
  /** HMAC-SHA256 with the property's secret, in hex, made on the site's server: Admin → Chat widget shows how. */
  hash?: string;
  /** When the hash stops to count, in seconds since 1970; part of what is signed. At most a day ahead. */
  expires?: number;
  /** Random characters, others for each hash; part of what is signed. */
  nonce?: string;
  [attribute: string]: Value | undefined;
}

export interface State {
  status: Status;
  /** The window is open. */
  open: boolean;
  /** Nothing is to be seen, the launcher neither. */
  hidden: boolean;
  unread: number;
  /** A chat goes on. */
  chatting: boolean;
  language: string;
}

export interface Message {
  id: string;
  text: string;
  /** Who wrote; absent for the system. */
  name?: string;
}

export interface Agent {
  id: string;
  name: string;
  position?: string;
  /** Address of their picture, if they have one. */
  image?: string;
}

/** What a form held when it was sent. */
export interface Form {
  name?: string;
  email?: string;
  phone?: string;
  department?: string;
  message?: string;
  questions: { label: string; answer: string }[];
}

/** The events and what a listener is given. They have the names of Tawk_API's callbacks, without `on`. */
export interface Events {
  /** `Recado` answers, nothing is drawn yet. */
  beforeLoad: undefined;
  /** The launcher is drawn. A listener that comes later is called at once. */
  load: undefined;
  statusChange: Status;
  chatMaximized: undefined;
  chatMinimized: undefined;
  chatHidden: undefined;
  chatStarted: undefined;
  chatEnded: undefined;
  prechatSubmit: Form;
  offlineSubmit: Form;
  chatMessageVisitor: Message;
  chatMessageAgent: Message;
  chatMessageSystem: Message;
  agentJoinChat: Agent;
  agentLeaveChat: Agent;
  /** -1 bad, 0 neutral, 1 good. */
  chatSatisfaction: -1 | 0 | 1;
  visitorNameChanged: string;
  /** Where the file is. */
  fileUpload: string;
  tagsUpdated: string[];
  unreadCountChanged: number;
  /** A trigger or an agent said something beside the launcher; the id. */
  trigger: string;
}

/**
 * What is asked of the chat itself answers `true` when the server did it, and `false` when it is kept until the chat is first
 * opened, an event until a chat begins (until then nothing is sent). A refusal rejects with an error whose `message` is a code, such as `IDENTITY_REFUSED`.
 */
type Kept = boolean;

export interface Methods {
  open(options?: { department?: string }): void;
  /** Out of sight; the chat goes on behind it. */
  minimize(): void;
  /** The same, and the frame is let go when no chat goes on in it. */
  close(): void;
  toggle(): void;
  /** Everything, the launcher too. */
  hide(): void;
  show(): void;
  /** In a window of its own. */
  popup(): void;
  /** Hides, and lets the frame go. */
  shutdown(): void;
  /** Without a `hash`, name, e-mail and telephone are claims, as if typed into a form of the chat. */
  identify(who: Identity): Kept;
  /** With a `hash` it identifies, as `identify` does: Tawk pages use it so. */
  set(attributes: Record<string, Value>): Kept;
  tag(tags: string | string[]): Kept;
  untag(tags: string | string[]): Kept;
  /** A line in the chat that agents alone see; before one, kept for its first words. At most 30 in ten minutes. */
  event(name: string, detail?: Record<string, Value>): Kept;
  /** Ends the chat, for both sides. */
  end(): Kept;
  /** Wipes all of the visitor from this browser: from sight at once; what only the server can take away, as soon as it is reached, on a
      later page too, and there before anything else. Asks the server only when the chat was used here. */
  logout(): void;
  language(tag: string): void;
  /** Another property's chat behind this launcher. Triggers and beacons were those of the first one, and end. */
  switch(other: { propertyId: string }): void;
  status(): Status;
  state(): State;
}

export interface RecadoFunction {
  /** A listener that throws is reported as the site's own error; nothing else happens. */
  <E extends keyof Events>(method: 'on' | 'off', event: E, listener: (value: Events[E]) => void): Promise<void>;
  <M extends keyof Methods>(method: M, ...args: Parameters<Methods[M]>): Promise<ReturnType<Methods[M]>>;
  /** The same with a callback at the end: it also answers calls that were made before the script came. */
  <M extends keyof Methods>(method: M, ...args: [...Parameters<Methods[M]>, (error: Error | null, value?: ReturnType<Methods[M]>) => void]): Promise<ReturnType<Methods[M]>>;
  /** Of the protocol and of this interface. Absent as long as only the stub is there. */
  version?: 1;
}

declare global {
  interface Window {
    Recado: RecadoFunction;
    Tawk_API?: Record<string, unknown>;
    Tawk_LoadStart?: Date;
  }
}

/** Where the launcher sits, and how far from the edges, in CSS pixels. */
export interface Place {
  /** Bottom, centre or top; right or left. */
  at: 'br' | 'bl' | 'cr' | 'cl' | 'tr' | 'tl';
  x: number;
  /** Above and below; nothing in the centre. */
  y: number;
  /** No launcher at this size; `Recado('open')` still opens the chat. */
  hidden?: boolean;
}

export interface Texts {
  /** Of the frame. */
  title: string;
  /** Of the launcher, by state. */
  online: string;
  away: string;
  offline: string;
  /** Of the launcher while the chat is open. */
  close: string;
  /** After a number: "2 unread". */
  unread: string;
  /** Of the button that takes a message beside the launcher away. */
  dismiss: string;
}

/** All conditions that are given must hold. Shown once per page that is loaded; when sent away, not again in that tab. */
export interface Trigger {
  id: string;
  /** Path of the page, `*` for anything. */
  page?: string;
  /** Time on the page. */
  seconds?: number;
  /** Hours of the visitor's clock, from and up to; may pass midnight. */
  hours?: [from: number, to: number];
  /** Beginning of the browser's language: `pt`, `pt-BR`. */
  language?: string;
  /** By language, as `texts`; the first one serves all others, `''` is none. */
  say: Record<string, string>;
}

/** What the server writes in the place of RECADO_CONFIG. */
export interface RecadoConfig {
  /** Recado's public address, without a slash at the end. */
  url: string;
  /** The property's public key: that in /w/KEY.js. */
  key: string;
  /** At the moment of the answer. */
  status: Status;
  /** By first two letters of the language, lower case; the first entry serves all others. */
  texts: Record<string, Texts>;
  /** The media query of the dark theme: follow the visitor's system, always, or never. */
  darkWhen: '(prefers-color-scheme:dark)' | 'all' | 'not all';
  /** Accent and what is written on it, by day and by night; contrast is checked where they are chosen. */
  colors: [accent: string, ink: string, darkAccent: string, darkInk: string];
  /** The launcher shows its text beside the icon. */
  labelled?: boolean;
  /** Layer on the page. */
  z: number;
  desktop: Place;
  phone: Place;
  /** Some visitors are asked for consent: of who did not give it nothing is kept, not even that a note was sent away. */
  consent?: boolean;
  /** Beacons to /w/KEY/visit. Off unless the property switched visitor monitoring on. */
  monitor?: boolean;
  triggers?: Trigger[];
  /** Host names of the property's sites, `*.shop.example` for all below; absent: any. */
  sites?: string[];
}
