--@include entry-id.lua

-- Losses of a channel that are remembered; one that a later loss covers is not counted.
local MOST_CUTS = 16

-- The newest id of a channel that survived, in the stream or archived; nil: there is none.
local function last_survivor(room, channel, stream)
  local top = top_id(stream)
  local archived = redis.call('HGET', room.archived, channel) or nil
  if top and archived then return is_above(top, archived) and top or archived end
  return top or archived
end

-- Notes that what a channel had between `after` (nil: the beginning) and `first` is void.
local function note_cut(room, channel, after, first)
  local field = 'cuts:' .. channel
  local kept, count = '', 1
  for cut, last in string.gmatch(redis.call('HGET', room.hash, field) or '', '([^/]*/([^;]*);)') do
    -- What began above `after` is void with all that it had voided itself.
    if after and not is_above(last, after) then kept, count = kept .. cut, count + 1 end
  end
  if count > MOST_CUTS then kept = string.gsub(kept, '^[^;]*;', '', 1) end
  redis.call('HSET', room.hash, field, kept .. (after or '') .. '/' .. first .. ';')
end

-- Whether the entry that was given this id in a channel is still there.
local function survives(room, channel, stream, id)
  local last = last_survivor(room, channel, stream)
  if not last or is_above(id, last) then return false end
  local cuts = redis.call('HGET', room.hash, 'cuts:' .. channel) or ''
  for after, first in string.gmatch(cuts, '([^/]*)/([^;]*);') do
    if is_above(first, id) and (after == '' or is_above(id, after)) then return false end
  end
  return true
end
