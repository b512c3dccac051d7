"""What the card of the delay model says beside its figures."""

from __future__ import annotations

from challenge_neuralworks.training.cards.declaration import Declaration

DECLARATION = Declaration(
    title="will a flight leave late?",
    used_for="""
- Given a scheduled flight out of Santiago de Chile (SCL), the probability that it leaves more than 15 minutes late: to
  rank a day's flights by risk, to plan staff and gates, to warn passengers who can still choose.
""",
    not_for="""
- Promises about a single flight. The fields say which flights tend to be late, not what will happen on the day.
- Other airports, and rules or fines for airlines: a late flight has causes that are not in these fields.
""",
    data="""
- One row a flight of 2017. Month, day, hour and weekday are the **schedule's**; the file's own columns of these names
  describe the actual departure, which nobody knows in advance, and are not read.
- A flight is late strictly after the 15th minute, by the departure as recorded. No row is dropped.
""",
    making="""
- Boosted trees whose leaves each ask two fields at most: their sum is one table a pair of fields, which answers as
  quickly as a linear model, is explained exactly, and here is also better on months to come than deeper trees.
- The week of the year (`WEEK`, derived from month and day in `challenge_neuralworks/models/delay.py`) comes in as the
  share of late flights in it, and the risk may only rise with that share. Without this rule, what the trees are
  worth on months to come hangs on the seed. A week that was not trained on has the
  overall share: in the time-ordered split, all of November and December.
- The day of the month itself is not a feature. With the month it tells the days of 2017 apart: the best candidate on
  the random split uses it, and is one of the worst on months to come. Nothing suggests that the 17th of a month is like
  the 17th of another, let alone of another year.
- **A random split lets a model memorise days**: it learns from flights of the very day of each flight that it is
  tested on, and from the days before and after. Public solutions report it, so it is here; the time-ordered one is what
  counts.
- Flights of one day are late together. Intervals therefore draw whole days: flights drawn one by one would make them
  too narrow.
""",
    limits="""
- One airport, one year. Weather, strikes and the day's own disruptions are not in the fields.
- Airlines that did not fly in 2017 are refused. Destinations that did not are scored as rare ones, with a warning.
- A single year cannot tell a season from an event: what a month or a week was like in 2017 may not come again. Asked
  about a date of another year, the model answers by what that week of 2017 was like; `Model.explain` says how much of
  an answer is the date's.
- When a whole month is later than those before it, the probabilities are too low for all of it, and no request can say
  so: compare the mean probability with the share observed from time to time.
""",
    ethics="""
- The rows describe flights, not people. Airlines are named: what happened in 2017 is no judgement of an airline.
""",
)
