package sqltext

// Statement is one statement of a text, from the end of the one before (so leading blanks, comments and stray semicolons
// belong to it) to and including its semicolon.
type Statement struct {
	Start, End int
	Tokens     []Token // all of them, offsets into the whole text
}

// Text returns the statement's text.
func (s Statement) Text(src string) string { return src[s.Start:s.End] }

// Empty tells whether there is nothing to run: blanks, comments and semicolons only.
func (s Statement) Empty() bool {
	for _, t := range s.Tokens {
		if !t.Blank() && t.Kind != TokSemicolon {
			return false
		}
	}
	return true
}

// The states of sqlite3_complete (https://www.sqlite.org/src/file/src/complete.c): a semicolon ends a statement, but in
// CREATE TRIGGER only one that follows `; END`.
const (
	completeInvalid = iota
	completeStart
	completeNormal
	completeExplain
	completeCreate
	completeTrigger
	completeSemi
	completeEnd
)

// Columns: semicolon, other, EXPLAIN, CREATE, TEMP, TRIGGER, END. Blanks never change the state.
var completeTransitions = [8][7]uint8{
	completeInvalid: {completeStart, completeNormal, completeExplain, completeCreate, completeNormal, completeNormal, completeNormal},
	completeStart:   {completeStart, completeNormal, completeExplain, completeCreate, completeNormal, completeNormal, completeNormal},
	completeNormal:  {completeStart, completeNormal, completeNormal, completeNormal, completeNormal, completeNormal, completeNormal},
	completeExplain: {completeStart, completeExplain, completeNormal, completeCreate, completeNormal, completeNormal, completeNormal},
	completeCreate:  {completeStart, completeNormal, completeNormal, completeNormal, completeCreate, completeTrigger, completeNormal},
	completeTrigger: {completeSemi, completeTrigger, completeTrigger, completeTrigger, completeTrigger, completeTrigger, completeTrigger},
	completeSemi:    {completeSemi, completeTrigger, completeTrigger, completeTrigger, completeTrigger, completeTrigger, completeEnd},
	completeEnd:     {completeStart, completeTrigger, completeTrigger, completeTrigger, completeTrigger, completeTrigger, completeTrigger},
}

func completeClass(src string, t Token) int {
	switch {
	case t.Kind == TokSemicolon:
		return 0
	case t.Is(src, "EXPLAIN"):
		return 2
	case t.Is(src, "CREATE"):
		return 3
	case t.Is(src, "TEMP"), t.Is(src, "TEMPORARY"):
		return 4
	case t.Is(src, "TRIGGER"):
		return 5
	case t.Is(src, "END"):
		return 6
	}
	return 1
}

// Split divides a text into its statements; together they cover it exactly. A semicolon that follows no statement does
// not end one, as in sqlite3_prepare. The last statement may lack its semicolon, or be Empty.
func Split(src string) []Statement {
	tokens := Tokens(src)
	var out []Statement
	first, state := 0, uint8(completeInvalid)
	for i, t := range tokens {
		if t.Blank() {
			continue
		}
		was := state
		state = completeTransitions[state][completeClass(src, t)]
		if state == completeStart && was > completeStart {
			out = append(out, statement(tokens[first:i+1]))
			first, state = i+1, completeInvalid
		}
	}
	if first < len(tokens) {
		out = append(out, statement(tokens[first:]))
	}
	return out
}

func statement(tokens []Token) Statement {
	return Statement{Start: tokens[0].Start, End: tokens[len(tokens)-1].End, Tokens: tokens}
}
