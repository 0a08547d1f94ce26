package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// readAll returns the rows of a CSV text, and the warnings.
func readAll(t require.TestingT, text string) (rows [][]string, warnings []string) {
	r := newCSVReader(strings.NewReader(text), "f", ',', '\n', func(format string, args ...any) {
		warnings = append(warnings, fmt.Sprintf(format, args...))
	})
	for {
		row, _, err := r.row()
		if err == io.EOF {
			return rows, warnings
		}
		require.NoError(t, err)
		rows = append(rows, row)
	}
}

func TestCSVReader(t *testing.T) {
	for text, want := range map[string][][]string{
		"":                     nil,
		"a":                    {{"a"}},
		"a\n":                  {{"a"}},
		"a,b\r\nc,d\r\n":       {{"a", "b"}, {"c", "d"}},
		"a,\n,b\n":             {{"a", ""}, {"", "b"}},
		"\n\na":                {{""}, {""}, {"a"}},
		"\"a\"\"b\",\"c\nd\"":  {{"a\"b", "c\nd"}},
		"\"a\r\nb\"\r\nc":      {{"a\r\nb"}, {"c"}},
		"a\"b\",c":             {{"a\"b\"", "c"}},
		"\"a\"x,b":             {{"a\"x,b"}},
		"\xef\xbb\xbfa":        {{"a"}},
		"a,":                   {{"a", ""}},
		"\"\"":                 {{""}},
		"\"a":                  {{"a"}},
		"\"a\"\r\n\"b\",\"\"":  {{"a"}, {"b", ""}},
		"a\rb\n":               {{"a\rb"}},
		"\"x\"\n\"y\"\n\n":     {{"x"}, {"y"}, {""}},
		"'a,b'\n":              {{"'a", "b'"}},
		"\"a\",\"b\",\"c\"\nd": {{"a", "b", "c"}, {"d"}},
	} {
		rows, _ := readAll(t, text)
		require.Equal(t, want, rows, "%q", text)
	}
	_, warnings := readAll(t, "a\n\"b")
	require.Equal(t, []string{"f:2: unterminated \"-quoted field"}, warnings)
	_, warnings = readAll(t, "a\n\"b\"c\"\n")
	require.Equal(t, []string{"f:2: unescaped \" character"}, warnings)
}

// TestCSVReadsWhatIsWritten writes random rows with encoding/csv and in this shell's csv mode, and reads them back.
func TestCSVReadsWhatIsWritten(t *testing.T) {
	field := rapid.StringOf(rapid.SampledFrom([]rune{'a', ',', '"', '\n', '\r', ' ', 'é', '\'', ';'}))
	rapid.Check(t, func(rt *rapid.T) {
		width := rapid.IntRange(1, 4).Draw(rt, "width")
		rows := rapid.SliceOfN(rapid.SliceOfN(field, width, width), 1, 5).Draw(rt, "rows")
		var standard bytes.Buffer
		w := csv.NewWriter(&standard)
		var own strings.Builder
		for _, row := range rows {
			quoted := make([]string, len(row))
			for i, f := range row {
				quoted[i] = quoteCSV(f, ",")
			}
			own.WriteString(strings.Join(quoted, ",") + "\n")
			require.NoError(rt, w.Write(row))
		}
		w.Flush()
		got, warnings := readAll(rt, own.String())
		require.Equal(rt, rows, got)
		require.Empty(rt, warnings)
		got, warnings = readAll(rt, standard.String())
		require.Equal(rt, rows, got)
		require.Empty(rt, warnings)
	})
}

// FuzzCSVReader checks that every byte of a file without quotes is in a field or between fields, and that no file
// makes the reader fail or hang.
func FuzzCSVReader(f *testing.F) {
	for _, seed := range []string{"", "a,b\n1,2\n", "\"a\"\"b\",\"c\nd\"\r\n", "\"", "\"a\"x\n", "\xef\xbb\xbf,", "\r\n\r", "a\x00b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rows, _ := readAll(t, text)
		if strings.ContainsAny(text, "\"\r") || strings.HasPrefix(text, "\xef\xbb\xbf") {
			return
		}
		var again strings.Builder
		for _, row := range rows {
			again.WriteString(strings.Join(row, ",") + "\n")
		}
		if text != "" && !strings.HasSuffix(text, "\n") {
			text += "\n"
		}
		require.Equal(t, text, again.String())
	})
}

// FuzzSplitWords checks that no line makes the splitting of dot commands fail.
func FuzzSplitWords(f *testing.F) {
	for _, seed := range []string{".mode box", `.print "a\tb\\" 'c\t' \101 \`, `.x "`, `.x '`, "\\", `"\`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		total := 0
		for _, w := range splitWords(line) {
			total += len(w)
		}
		require.LessOrEqual(t, total, len(line))
	})
}
