-- A chat that goes on in a window of its own: the address works once, and not for long.
create table pop_out (
    -- SHA-256 of the code in the address
    code text primary key,
    property text not null references property (id),
    -- the visitor's secret, sealed by the code: with the row alone it cannot be read
    sealed text not null,
    expires_at bigint not null
);
create index pop_out_expires on pop_out (expires_at);
