-- Words put into another ticket, one row for each time, so that it can be undone.
create table shift (
    property text not null,
    id text not null,
    -- `moved`, `split`, `merged`
    how text not null,
    source text not null,
    target text not null,
    -- the drawer of the source before it was merged
    folder text not null,
    -- addresses that became participants of the target by it, as JSON
    joined text not null,
    -- the entries that tell it in each of the two
    out_entry text not null,
    in_entry text not null,
    at bigint not null,
    undone_at bigint,
    primary key (property, id),
    foreign key (property, source) references conversation (property, id) on delete cascade,
    foreign key (property, target) references conversation (property, id) on delete cascade
);
create index shift_source on shift (property, source);
create index shift_target on shift (property, target);

create table shifted_message (
    property text not null,
    shift text not null,
    message text not null,
    primary key (property, shift, message),
    foreign key (property, shift) references shift (property, id) on delete cascade,
    foreign key (property, message) references message (property, id) on delete cascade
);
create index shifted_message_message on shifted_message (property, message);

-- The ticket that a merged ticket went into: what is written to the one is filed in the other.
alter table conversation add column merged_into text;
create index conversation_merged on conversation (property, merged_into);

-- Message-IDs go with their message into another ticket.
create index mail_id_message on mail_id (property, message);

-- The automatic decisions about a mail, as a JSON array.
alter table message add column facts text;
