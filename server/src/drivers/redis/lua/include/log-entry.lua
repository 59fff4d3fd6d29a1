--@include add-entry.lua

-- Writes to the room's log (stream `room.log`) in the server's name.
local function log_entry(room, type, payload)
  local last = redis.call('HGET', room.hash, 'ch:log')
  local tail = '"roomId":"' .. room.id .. '","channel":"log","type":"' .. type .. '","from":null,'
  return add_entry(room, 'log', room.log, last, tail, payload)
end
