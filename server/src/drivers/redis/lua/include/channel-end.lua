--@include read-stream.lua

-- The newest end of a channel: {position or false, entries from the newest on, 1 where another one did
-- not fit, else 0}. `position`: the field of the room's hash that has it.
local function channel_end(hash, position, stream, limit, bytes)
  local found, cut = read_stream('XREVRANGE', stream, '+', '-', limit, bytes)
  return { redis.call('HGET', hash, position), found, cut }
end
