-- Whether the places of a role are taken. Spectators come on top of players, and have as many at most.
local function is_full(role, capacity, players, spectators, most_spectators)
  if role == 'p' then return tonumber(players) >= tonumber(capacity) end
  return tonumber(spectators) >= math.min(tonumber(capacity), most_spectators)
end
