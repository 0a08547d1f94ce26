package history

import "strconv"

// class tells what values a column or expression mostly has.
type class uint8

const (
	classInt class = iota
	classNum
	classText
	classJSON
	classDate
	classAny
)

// The pools are small, so that values meet: duplicates, groups that vanish and return, unique keys that conflict.
var (
	smallInts = []string{"0", "1", "2", "3", "4", "5", "-1"}
	bigInts   = []string{"9007199254740992", "9007199254740993", "-9007199254740993", "9223372036854775807",
		"-9223372036854775807", "4611686018427387904", "9223372036854775806"}
	reals     = []string{"0.0", "1.0", "2.0", "0.5", "2.5", "-1.0", "0.1", "0.2", "0.3", "1.5", "-0.5", "3.0"}
	wildReals = []string{"-0.0", "1e308", "-1e308", "5e-324", "1e400", "-1e400", "1e15", "9007199254740992.0", "1e-300", "1e19"}
	texts     = []string{"'a'", "'A'", "'b'", "'B'", "'a '", "'c'", "''", "'ab'", "'Ab'", "'abc'", "'b  '", "'x'"}
	wildTexts = []string{"'1'", "'1.0'", "'01'", "' 3'", "'1e3'", "'12abc'", "'-0'", "'é'", "'É'", "'a'||char(0)||'b'", "'日本'", "'0x10'", "'it''s'", "' '", "'9223372036854775808'", "'_%'", "'inf'"}
	blobs     = []string{"x''", "x'61'", "x'4142'", "x'00'", "x'ff00'", "x'31'"}
	goodJSON  = []string{`'{"a":1,"b":[1,2]}'`, `'{"a":"x"}'`, `'{"a":2.5}'`, `'[]'`, `'{}'`, `'{"a":null}'`, `'1'`, `'"a"'`, `'{"a":1.0}'`}
	badJSON   = []string{`'{bad'`, `''`, `'{"a":}'`}
	dates     = []string{"'2001-01-01'", "'2001-02-03 04:05:06'", "'2001-12-31'", "'2001-01-01 00:00:00'", "'nonsense'", "'2001-02-29'"}
)

// literal returns a SQL literal for a column of class c. dirty allows values of other classes, and odd ones.
func (r rng) literal(c class, dirty bool) string {
	if r.chance(8) {
		return "NULL"
	}
	if c == classAny || dirty && r.chance(12) {
		switch r.weighted(4, 2, 4, 3, 4, 3, 2) {
		case 0:
			return pick(r, smallInts...)
		case 1:
			return pick(r, bigInts...)
		case 2:
			return pick(r, reals...)
		case 3:
			return pick(r, wildReals...)
		case 4:
			return pick(r, texts...)
		case 5:
			return pick(r, wildTexts...)
		default:
			return pick(r, blobs...)
		}
	}
	switch c {
	case classInt:
		if dirty && r.chance(6) {
			return pick(r, bigInts...)
		}
		if r.chance(15) {
			return strconv.Itoa(r.between(-20, 40))
		}
		return pick(r, smallInts...)
	case classNum:
		if dirty && r.chance(10) {
			return pick(r, wildReals...)
		}
		if r.chance(30) {
			return pick(r, smallInts...)
		}
		return pick(r, reals...)
	case classJSON:
		if r.chance(6) {
			return pick(r, badJSON...)
		}
		return pick(r, goodJSON...)
	case classDate:
		return pick(r, dates...)
	}
	if dirty && r.chance(15) {
		return pick(r, wildTexts...)
	}
	return pick(r, texts...)
}
