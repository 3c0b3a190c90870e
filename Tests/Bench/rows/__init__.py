"""The rows of the table. Each function measures some and adds them; they run in this order.

What is at rest comes before any load, and what needs the reference last, because it takes a minute to start.
"""

from rows import archive, channels, floors, footprint, messages, notes, reads, sign_in, start, streaming

ROWS = (
    footprint.at_rest,
    floors.health,
    floors.session,
    streaming.first_word,
    streaming.many_streams,
    messages.saving,
    messages.socket_bytes,
    start.start,
    sign_in.sign_in,
    channels.typing,
    notes.joining,
    archive.chat_list,
    archive.search,
    reads.reads,
    reads.long_chat,
)
