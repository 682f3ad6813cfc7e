"""What verified buyers say of a carrier in a place. Owns: Invitation, Rating, RatingMark,
RatingReport, Insider, RatedPlace, RatingPrior.
Promises: one rating for a bundle, by its owner, of a month in which its eSIM moved data; everybody
is asked at the same moment of a bundle's life; what was free, refunded, planted or written by an
insider is marked and not counted; nothing is published under ten people; a published row is
computed from ratings and never written otherwise. Callers: support, web."""
