--@include entry-id.lua

-- Losses of a channel that are remembered: more than happen while a key makes a message count once.
local MOST_CUTS = 8

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
  local cuts = (redis.call('HGET', room.hash, field) or '') .. (after or '') .. '/' .. first .. ';'
  local _, count = string.gsub(cuts, ';', ';')
  if count > MOST_CUTS then cuts = string.gsub(cuts, '^[^;]*;', '', 1) end
  redis.call('HSET', room.hash, field, cuts)
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
