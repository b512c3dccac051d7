"""What the card of the income model says beside its figures."""

from __future__ import annotations

from challenge_neuralworks.training.cards.declaration import Declaration

DECLARATION = Declaration(
    title="does a person earn more than 50,000 dollars a year?",
    used_for="""
- Showing that a second model, of other fields and with missing values, is served by the same code; comparing methods on
  data that everyone knows; teaching what a model learns from unequal data.
""",
    not_for="""
- **Decisions about people**: credit, hiring, rent, insurance, prices, benefits, or anything else of consequence.
- Statements about incomes of today, or of any country but the one that was asked.
""",
    data="""
- Answers to the US census of 1994, known as UCI Adult. 50,000 dollars of then are not those of today.
- Lines that agree in every column, the sampling weight included, are one person entered twice: one of them is kept.
- `fnlwgt`, the sampling weight, is no field: nobody can state it of himself. Rows are not weighted by it: figures
  hold for this sample, not for the population. `education_num` is left out: it says what `education` says.
- `?` in the file is a missing value: null in a request.
""",
    making="""
- Sex and race are fields of the request because the public data set and its benchmarks have them, and because without
  them nobody could measure, as below, how unequally the model treats groups. Leaving them out would not make it fair:
  relationship and marital status say much of the same.
- The data do not say when a row was asked, so that there is no time-ordered split, and no way to tell from them how the
  model would do in another year.
""",
    limits="""
- One survey, one year, one country. It asked few people of some groups, and their figures are unsure.
- The census cut amounts off at the fields' maxima, and ages at 90.
- Countries that were not in the sample are scored as an unknown one, with a warning.
""",
    ethics="""
- The model repeats the inequality of its data: groups that earned more get higher probabilities. With one threshold for
  all, the groups then differ in how many of their high incomes are found (recall) and in how many labels are right
  (precision): compare the lines of the fields to watch, above.
- To be right on average within a group is not to be fair to it. Whether it is even that can be read from mean p and the
  share observed.
- The groups and their names are the census's: two sexes, five races, one word for each person.
""",
    watched=("sex", "race"),
)
