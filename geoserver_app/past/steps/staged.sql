-- The rows of a file as they were read, until they are requests; gone with the connection.
--
-- Out: past_staged  a row for each row of the file that can come in; stays: whether it is the one that counts of its
--                   number; is_default: whether its place stands for none
--      past_event   lines of a second file
create temporary table past_staged (
    seq bigint not null, part int not null, line bigint not null, number text not null, service text not null,
    lon float8, lat float8, address text not null, entry text not null, stays boolean not null default true,
    is_default boolean not null default false
);
create temporary table past_event (
    seq bigint not null, number text not null, at text not null, state text not null, note text not null,
    public boolean not null
);
