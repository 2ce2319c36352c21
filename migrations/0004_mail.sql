-- A mail received: committed with its raw bytes before the server says 250.
create table letter_in (
    id text primary key,
    -- sha256 of the raw bytes in blob
    raw text not null references blob (sha256),
    size bigint not null,
    -- envelope
    mail_from text not null,
    rcpt_to text not null,
    helo text not null,
    peer text not null,
    -- whether it came over TLS, and when
    tls_at bigint,
    received_at bigint not null,
    status text not null,
    -- the rule that decided, or what is wrong
    why text,
    property text,
    conversation text,
    message text,
    subject text not null,
    header_from text not null,
    -- written by a person or by what sort of machine; none until read
    class text,
    attempts bigint not null,
    -- a worker holds it until then
    leased_until bigint not null,
    -- SHA-256 of what it says (subject, words, files), to tell a copy from another mail with the same Message-ID
    content text
);
create index letter_in_status on letter_in (status, received_at, id);
create index letter_in_property on letter_in (property, received_at);
create index letter_in_state on letter_in (property, status, received_at);

-- The outbox: one row per recipient, written in one transaction with the mail reader's cursor.
create table letter_out (
    id text primary key,
    property text not null references property (id),
    conversation text,
    message text,
    kind text not null,
    recipient text not null,
    domain text not null,
    subject text not null,
    -- RFC 5322 Message-ID, the same on each try
    mail_id text not null,
    -- the whole letter as JSON; rendered to the same bytes on each try
    letter text not null,
    status text not null,
    why text,
    attempts bigint not null,
    created_at bigint not null,
    -- not before this moment
    next_at bigint not null,
    -- given up after this moment
    until_at bigint not null,
    -- a sender holds it until then
    leased_until bigint not null,
    sent_at bigint
);
create unique index letter_out_once on letter_out (message, recipient, kind);
create index letter_out_due on letter_out (status, next_at);
create index letter_out_message on letter_out (property, message);
create index letter_out_property on letter_out (property, created_at);
create index letter_out_state on letter_out (property, status, created_at);
create index letter_out_recipient on letter_out (property, recipient, created_at);
create index letter_out_conversation on letter_out (property, conversation, recipient, created_at);
create index letter_out_mail on letter_out (mail_id);
