-- Ways in: mails fetched from mailboxes elsewhere, and mails handed over by programs.

-- What the mail is by its wire: mailbox or property, and the digest of its bytes as they came. The same mail is taken once.
alter table letter_in add column origin text;
create unique index letter_in_origin on letter_in (origin);

-- Programs that hand mails over by HTTP.
create table ingest_token (
    property text not null references property (id),
    id text not null,
    -- what it is for
    name text not null,
    -- SHA-256 of the secret, which is shown once
    digest text not null,
    made_by text not null,
    created_at bigint not null,
    -- last use, to the hour
    used_at bigint,
    primary key (property, id)
);
create unique index ingest_token_digest on ingest_token (digest);

-- Mailboxes elsewhere, read by IMAP.
create table mailbox (
    property text not null references property (id),
    id text not null,
    host text not null,
    port bigint not null,
    -- `implicit`, `starttls` or `none`
    tls text not null,
    login text not null,
    -- sealed with the key in the data folder
    password text not null,
    folder text not null,
    -- mails that came before it are left where they are
    since_at bigint not null,
    created_at bigint not null,
    -- another one with each change of the above: who reads it begins anew
    revision bigint not null,
    -- where reading is: the folder's UIDVALIDITY, and the last UID that was dealt with
    uid_validity bigint,
    last_uid bigint not null,
    -- what keeps it from being read, in a word, and what the other side said
    trouble text,
    said text,
    -- when it was last looked into
    seen_at bigint,
    fetched bigint not null,
    -- mails that could not be fetched
    passed_over bigint not null,
    primary key (property, id)
);

-- Contacts that nothing is sent to.
create index contact_undeliverable on contact (property, undeliverable_at) where undeliverable_at is not null;

-- Who letters are from, and what stands below their words.
-- An address of the property's own, empty for the ticket's; and when DNS was last seen to vouch for it.
alter table property add column sender text not null default '';
alter table property add column sender_proven_at bigint;
-- `via`: the agent's name and the property's; `property`: the property's alone.
alter table property add column sender_name text not null default 'via';
alter table property add column signature text not null default '';
-- An agent's own, above the property's.
alter table membership add column signature text not null default '';
