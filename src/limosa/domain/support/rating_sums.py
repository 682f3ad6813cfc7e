"""The SQL of the guard of published ratings: the sums of engine/means.py over again."""

from limosa.domain.ratings.engine.means import MONTHS_MAX, WEIGHTS

_WEIGHTS = ", ".join(f"({age}, {weight})" for age, weight in enumerate(WEIGHTS))

# A place that is due is not compared: what was written since is not in its row yet. What is too old
# to weigh anything is left as it was (publish_place).
RATING_SUMS = """
SELECT place.id, concat(place.carrier_id, ' ', place.country, ' ', question.name), 'sums', '', '',
       coalesce((place.sums #>> ARRAY[question.name, 'total'])::bigint, 0), counted.total
  FROM ratings_ratedplace AS place
 CROSS JOIN (VALUES ('speed'), ('coverage'), ('setup'), ('help')) AS question (name)
 CROSS JOIN LATERAL (
    SELECT coalesce(sum(weight.weight * 1000 * answer), 0)::bigint AS total FROM (
        SELECT CASE question.name WHEN 'speed' THEN speed WHEN 'coverage' THEN coverage
                                  WHEN 'setup' THEN setup ELSE help END AS answer,
               greatest(12 * (extract(year FROM place.as_of) - extract(year FROM month))
                        + extract(month FROM place.as_of) - extract(month FROM month), 0)::int
                   AS age
          FROM ratings_rating AS rating
         WHERE rating.carrier_id = place.carrier_id AND rating.country = place.country
           AND rating.standing = 'counts'
    ) AS given
      JOIN (VALUES [weights]) AS weight (age, weight) ON weight.age = given.age
 ) AS counted
 WHERE place.next_at > %(now)s::timestamptz AND {scope}
   AND coalesce((place.sums #>> ARRAY[question.name, 'total'])::bigint, 0) <> counted.total
UNION ALL
SELECT place.id, concat('RT-', rating.id), 'refunded', ordered.number, '', NULL, NULL
  FROM ratings_ratedplace AS place
  JOIN ratings_rating AS rating
    ON rating.carrier_id = place.carrier_id AND rating.country = place.country
  JOIN esims_bundle AS bundle ON bundle.id = rating.bundle_id
  JOIN ordering_order AS ordered ON ordered.number = bundle.order_number
 WHERE rating.standing = 'counts' AND ordered.state = 'refunded'
   AND rating.month >= place.as_of - interval '[months] months'
   AND ordered.closed_at < %(now)s::timestamptz - interval '2 hours' AND {scope}
UNION ALL
SELECT place.id, concat(place.carrier_id, ' ', place.country), 'late', '', '', NULL, NULL
  FROM ratings_ratedplace AS place
 WHERE place.next_at < %(now)s::timestamptz - interval '1 hour' AND {scope}
""".replace("[weights]", _WEIGHTS).replace("[months]", str(MONTHS_MAX))
