-- One act of an agent on several conversations: done in steps, so that it goes on after a restart, and can be undone.
create table batch (
    property text not null references property (id),
    id text not null,
    agent text not null,
    -- what is done to each, as JSON, and the name of the assignee, if it is given to one
    change text not null,
    named text,
    -- `running`, `done`, `undoing`, `undone`
    stage text not null,
    total bigint not null,
    looked bigint not null default 0,
    changed bigint not null default 0,
    refused bigint not null default 0,
    back bigint not null default 0,
    kept bigint not null default 0,
    created_at bigint not null,
    -- the last step: whoever waits longest has the next
    moved_at bigint not null,
    primary key (property, id)
);
create index batch_agent on batch (property, agent, created_at, id);
create index batch_stage on batch (stage, moved_at, id);

-- The conversations of an act. They may be gone: what is deleted for ever is named here for a day.
create table batch_line (
    property text not null,
    batch text not null,
    conversation text not null,
    -- `waiting`, `changed`, `same`, `refused`, `back`, `kept`
    state text not null,
    -- what undoes the change of this one, as JSON
    before text,
    primary key (property, batch, conversation),
    foreign key (property, batch) references batch (property, id) on delete cascade
);
create index batch_line_state on batch_line (property, batch, state, conversation);
