-- Views of the Inbox that agents gave a name. How many conversations each has is counted in `tally`, under `view:ID`.
create table saved_view (
    property text not null references property (id),
    id text not null,
    -- who alone sees it; empty: all agents of the property do
    agent text not null,
    name text not null,
    -- filters and order, as JSON
    view text not null,
    place bigint not null,
    created_at bigint not null,
    primary key (property, id)
);
create unique index saved_view_name on saved_view (property, agent, name);
