-- Mail, further: readings that were cut off, limits of new tickets, slow domains, forwarding.

-- How often a reading began and was never heard of again: the process died meanwhile, perhaps of this mail.
alter table letter_in add column interrupted bigint not null default 0;
-- Whose ticket it opened, or waits to open; lower case.
alter table letter_in add column sender text;
-- The limit it waits for: `sender` or `property`.
alter table letter_in add column waits text;
-- When it opened a ticket.
alter table letter_in add column opened_at bigint;
-- Mails that interrupted nobody come first.
drop index letter_in_status;
create index letter_in_next on letter_in (status, interrupted, received_at, id);
create index letter_in_sender on letter_in (property, sender, opened_at);
create index letter_in_opened on letter_in (property, opened_at);

-- Domains whose mail servers asked for patience: one letter in each pause.
create table slow_domain (
    domain text primary key,
    -- microseconds; doubled by each further refusal, halved by each letter that is taken
    pause bigint not null,
    -- no letter before this moment
    until_at bigint not null,
    -- when it last asked
    slowed_at bigint not null
);

-- When the lease of a letter began: renewals leave it, so that of two senders one is known to hold it.
alter table letter_out add column leased_at bigint not null default 0;

-- Earlier forwarding addresses of a property: mail to them still comes in.
create table forwarding_alias (
    -- local part
    forwarding text primary key,
    property text not null references property (id),
    replaced_at bigint not null
);

-- A mail provider asks whether mail may be forwarded to us: shown to admins until one of them puts it away.
create table forwarding_confirmation (
    property text not null references property (id),
    letter_in text not null references letter_in (id),
    sender text not null,
    -- whether the sender's domain vouches for it, and when that was found
    proven_at bigint,
    -- the mailbox that asks, if the mail names it
    account text,
    code text,
    link text,
    at bigint not null,
    dismissed_at bigint,
    primary key (property, letter_in)
);
