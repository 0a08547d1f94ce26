package sqltext

import (
	"strings"
	"unicode/utf8"
)

// Kind is the class of a Token.
type Kind uint8

// The kinds of token. Keywords are TokWord; Token.Is and IsReserved tell them apart.
const (
	TokIllegal  Kind = iota // what SQLite calls an "unrecognized token"
	TokSpace                // white space, or a UTF-8 byte order mark
	TokComment              // -- to the end of the line, or /* */; an unterminated /* runs to the end
	TokWord                 // a bare identifier or keyword
	TokQuoted               // "id", `id` or [id]
	TokString               // 'text'
	TokBlob                 // x'00ff'
	TokInteger              // 12, 0x1F, 1_000
	TokFloat                // 1.5, .5e3
	TokParam                // ?, ?1, :a, @a, $a, $a::b(c)
	TokOperator             // + - * / % = == <> != < <= > >= << >> & | || ~ -> ->>
	TokLParen
	TokRParen
	TokComma
	TokDot
	TokSemicolon
)

// Token is a piece of a text; Start and End are byte offsets, End is exclusive.
type Token struct {
	Kind       Kind
	Start, End int
}

// Text returns the token's source text.
func (t Token) Text(src string) string { return src[t.Start:t.End] }

// Is tells whether the token is the keyword word (upper case), in any case and not quoted.
func (t Token) Is(src, word string) bool {
	return t.Kind == TokWord && t.End-t.Start == len(word) && equalFoldASCII(src[t.Start:t.End], word)
}

// IsOp tells whether the token is the operator op, spelled exactly so.
func (t Token) IsOp(src, op string) bool {
	return t.Kind == TokOperator && src[t.Start:t.End] == op
}

// Blank tells whether the token is white space or a comment.
func (t Token) Blank() bool { return t.Kind == TokSpace || t.Kind == TokComment }

// Tokens splits src into tokens that cover it exactly, blanks included. SQLite's text ends at a NUL byte; here the NUL
// and all that follows it are one TokIllegal token.
func Tokens(src string) []Token {
	var out []Token
	for at := 0; at < len(src); {
		t := Next(src, at)
		out = append(out, t)
		at = t.End
	}
	return out
}

// Next returns the token that starts at offset at, which must be less than len(src). It follows sqlite3GetToken of
// https://www.sqlite.org/src/file/src/tokenize.c.
func Next(src string, at int) Token {
	if src[at] == 0 {
		return Token{TokIllegal, at, len(src)}
	}
	kind, n := scan(src[at:])
	return Token{kind, at, at + n}
}

// at returns z[i], or 0 past the end, as C's terminated strings do.
func at(z string, i int) byte {
	if i < len(z) {
		return z[i]
	}
	return 0
}

func scan(z string) (Kind, int) {
	c := z[0]
	switch c {
	case ' ', '\t', '\n', '\f', '\r': // a vertical tab continues white space but does not start it
		i := 1
		for isSpace(at(z, i)) {
			i++
		}
		return TokSpace, i
	case '-':
		switch at(z, 1) {
		case '-':
			i := 2
			for i < len(z) && z[i] != 0 && z[i] != '\n' {
				i++
			}
			return TokComment, i
		case '>':
			if at(z, 2) == '>' {
				return TokOperator, 3
			}
			return TokOperator, 2
		}
		return TokOperator, 1
	case '/':
		if at(z, 1) != '*' || at(z, 2) == 0 {
			return TokOperator, 1
		}
		return TokComment, scanBlockComment(z)
	case '(':
		return TokLParen, 1
	case ')':
		return TokRParen, 1
	case ';':
		return TokSemicolon, 1
	case ',':
		return TokComma, 1
	case '+', '*', '%', '&', '~':
		return TokOperator, 1
	case '=':
		return operator(z, "=")
	case '<':
		return operator(z, "=><")
	case '>':
		return operator(z, "=>")
	case '|':
		return operator(z, "|")
	case '!':
		if at(z, 1) == '=' {
			return TokOperator, 2
		}
		return TokIllegal, 1
	case '\'', '"', '`':
		return scanQuoted(z)
	case '[':
		i := 1
		for i < len(z) && z[i] != 0 {
			if z[i] == ']' {
				return TokQuoted, i + 1
			}
			i++
		}
		return TokIllegal, i
	case '.':
		if !isDigit(at(z, 1)) {
			return TokDot, 1
		}
		return scanNumber(z)
	case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return scanNumber(z)
	case '?':
		i := 1
		for isDigit(at(z, i)) {
			i++
		}
		return TokParam, i
	case '$', '@', '#', ':':
		return scanParam(z)
	case 'x', 'X':
		if at(z, 1) == '\'' {
			return scanBlob(z)
		}
	case 0xef:
		if at(z, 1) == 0xbb && at(z, 2) == 0xbf {
			return TokSpace, 3
		}
	}
	if !isIdent(c) {
		return TokIllegal, 1
	}
	i := 1
	for isIdent(at(z, i)) {
		i++
	}
	return TokWord, i
}

// operator returns the length of an operator of one byte, or of two when the second is one of follow.
func operator(z, follow string) (Kind, int) {
	if c := at(z, 1); c != 0 && strings.IndexByte(follow, c) >= 0 {
		return TokOperator, 2
	}
	return TokOperator, 1
}

func scanBlockComment(z string) int {
	for i := 3; ; i++ {
		c := at(z, i)
		if c == 0 {
			return min(i, len(z))
		}
		if c == '/' && z[i-1] == '*' {
			return i + 1
		}
	}
}

func scanQuoted(z string) (Kind, int) {
	quote := z[0]
	i := 1
	for ; at(z, i) != 0; i++ {
		if z[i] != quote {
			continue
		}
		if at(z, i+1) != quote {
			if quote == '\'' {
				return TokString, i + 1
			}
			return TokQuoted, i + 1
		}
		i++
	}
	return TokIllegal, i
}

func scanNumber(z string) (Kind, int) {
	kind, i := TokInteger, 0
	if z[0] == '0' && (at(z, 1) == 'x' || at(z, 1) == 'X') && isHex(at(z, 2)) {
		for i = 3; isHex(at(z, i)) || at(z, i) == '_'; i++ {
		}
	} else {
		i = scanDigits(z, 0)
		if at(z, i) == '.' {
			kind = TokFloat
			i = scanDigits(z, i+1)
		}
		if c := at(z, i); c == 'e' || c == 'E' {
			sign := at(z, i+1)
			if isDigit(sign) || (sign == '+' || sign == '-') && isDigit(at(z, i+2)) {
				kind = TokFloat
				i = scanDigits(z, i+2)
			}
		}
	}
	for isIdent(at(z, i)) {
		kind = TokIllegal
		i++
	}
	return kind, i
}

// scanDigits skips digits and the digit separators of SQLite 3.46 and later. Whether a separator stands between two
// digits is for SQLite to say.
func scanDigits(z string, i int) int {
	for isDigit(at(z, i)) || at(z, i) == '_' {
		i++
	}
	return i
}

func scanParam(z string) (Kind, int) {
	kind, n, i := TokParam, 0, 1
	for ; at(z, i) != 0; i++ {
		c := z[i]
		if isIdent(c) {
			n++
			continue
		}
		if c == '(' && n > 0 {
			for i++; at(z, i) != 0 && !isSpace(z[i]) && z[i] != ')'; i++ {
			}
			if at(z, i) == ')' {
				i++
			} else {
				kind = TokIllegal
			}
			break
		}
		if c != ':' || at(z, i+1) != ':' {
			break
		}
		i++
	}
	if n == 0 {
		kind = TokIllegal
	}
	return kind, i
}

func scanBlob(z string) (Kind, int) {
	kind, i := TokBlob, 2
	for isHex(at(z, i)) {
		i++
	}
	if at(z, i) != '\'' || i%2 != 0 {
		kind = TokIllegal
		for at(z, i) != 0 && z[i] != '\'' {
			i++
		}
	}
	if at(z, i) != 0 {
		i++
	}
	return kind, i
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isHex(c byte) bool   { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

// isIdent tells whether c can continue an identifier: any byte of a non-ASCII character can.
func isIdent(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || isDigit(c) || c == '_' || c == '$' || c >= 0x80
}

// equalFoldASCII compares as SQLite compares names: only ASCII letters fold.
func equalFoldASCII(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lowerASCII(a[i]) != lowerASCII(b[i]) {
			return false
		}
	}
	return true
}

func lowerASCII(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// Position turns a byte offset into a line and a column, both from 1. The column counts characters; a byte that is not
// valid UTF-8 counts as one. Offsets out of range are clamped.
func Position(src string, offset int) (line, column int) {
	offset = max(0, min(offset, len(src)))
	head := src[:offset]
	line = 1 + strings.Count(head, "\n")
	column = 1 + utf8.RuneCountInString(head[strings.LastIndexByte(head, '\n')+1:])
	return line, column
}
