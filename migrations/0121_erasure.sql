-- What is kept of one person is erased in steps, so that it goes on after a restart (desk/src/person).

create table erasure (
    property text not null references property (id),
    -- the contact; no reference, since the contact is gone in the end
    contact text not null,
    -- who asked for it, and from where
    agent text not null,
    name text not null,
    address text not null,
    -- which step is next; `done` in the end
    stage text not null,
    -- how far the step is: a number, and an id
    reached bigint not null,
    reached_id text not null,
    -- events up to this one have lost the name of the person
    log_seq bigint not null,
    -- conversations to look at, and looked at
    total bigint not null,
    looked bigint not null,
    -- how many of what went, as JSON
    gone text not null,
    begun_at bigint not null,
    -- the last step: whoever waits longest has the next
    moved_at bigint not null,
    primary key (property, contact)
);
create index erasure_open on erasure (moved_at) where stage <> 'done';

-- What is still to be looked at: a `conversation` that the person took part in, a `word` that may be in no other document.
create table erasure_part (
    property text not null,
    contact text not null,
    kind text not null,
    id text not null,
    primary key (property, contact, kind, id),
    foreign key (property, contact) references erasure (property, contact) on delete cascade
);

-- When an entry of the audit log lost what it told of a person who was erased: its digest stays, and with it the chain.
alter table audit add column erased_at bigint;

-- What belongs to one person.
create index participant_email on participant (property, email, conversation);
create index attachment_unsent on attachment (property, uploaded_by) where message is null;
