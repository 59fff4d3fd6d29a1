--@include room.lua
--@include log-entry.lua

-- Closes a loaded room: mark, log, announcement; it stays due until it is retired. `by`: who did
-- it, as JSON.
local function close_room(room, expiry, reason, by)
  redis.call('HSET', room.hash, 'closedAt', room.at, 'closeReason', reason)
  redis.call('ZADD', expiry, room.at, room.id)
  raise_rev(room)
  log_entry(room, 'closed', '{"reason":"' .. reason .. '","by":' .. by .. '}')
  publish(room, 'c ' .. room.rev .. ' ' .. reason)
end
