-- Texts too short for trigrams are found by their letters and pairs of neighbouring letters.
-- What is longer than 10,000 letters may have any of them: it is noted by the empty text instead, so that a write stays cheap.
create function text_pairs(content text) returns text[] language sql immutable strict parallel safe as $$
    select case when length(content) > 10000 then '{""}' else (
        with pair as materialized (
            select letter, letter || next as letters
            from (select string_to_array(lower(content), null) as list) letters, unnest(list, list[2:]) as pair (letter, next)
        )
        select array_agg(key) from (
            select letter as key from pair union select letters from pair where letters is not null
        ) keys
    ) end
$$;
create index chat_message_pairs on chat_message using gin (text_pairs(content)) where not streaming;
