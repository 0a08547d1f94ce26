package crsql_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPackColumns(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/_pack_columns.json")
	require.NoError(t, err)
	var vectors struct {
		Pack []struct {
			SQL []string
			Hex string
		}
		Malformed []struct {
			Hex    string
			Result []string
			Error  string
		}
	}
	require.NoError(t, json.Unmarshal(text, &vectors))
	eachEngine(t, func(t *testing.T, l *leaf) {
		for _, v := range vectors.Pack {
			args := strings.Join(v.SQL, ", ")
			if strings.Contains(args, "chars)") || strings.Contains(args, "\x00") || len(v.Hex) > 1000 {
				continue // abbreviated in the file
			}
			require.Equal(t, []string{"X'" + v.Hex + "'"}, l.ask("SELECT crsql_pack_columns("+args+")"), args)
			want := []string{}
			for i := range v.SQL {
				want = append(want, l.ask("SELECT quote("+v.SQL[i]+")")...)
			}
			require.Equal(t, want, l.ask("SELECT quote(cell) FROM crsql_unpack_columns WHERE package = x'"+v.Hex+"'"))
			require.Equal(t, want, l.ask("SELECT quote(cell) FROM crsql_unpack_columns(crsql_pack_columns("+args+"))"))
		}
		for _, v := range vectors.Malformed {
			query := "SELECT cell FROM crsql_unpack_columns WHERE package = x'" + v.Hex + "'"
			if v.Error == "" && v.Hex != "0119FFFFFFFFFF" { // bytes behind the last value
				require.Len(t, l.ask(query), len(v.Result))
				continue
			}
			require.ErrorContains(t, l.fails(query), "malformed package")
		}
	})
}

func TestUnpackColumns(t *testing.T) {
	eachEngine(t, func(t *testing.T, l *leaf) {
		l.exec("CREATE TABLE p(package); INSERT INTO p VALUES (crsql_pack_columns(1, 'a')), (crsql_pack_columns(2.5)), (NULL)")
		require.Equal(t, []string{"X'0209010B0161'|1", "X'0209010B0161'|'a'", "X'01024004000000000000'|2.5"},
			l.ask("SELECT u.package, u.cell FROM p JOIN crsql_unpack_columns AS u ON u.package = p.package ORDER BY p.rowid, u.rowid"))
		require.Empty(t, l.ask("SELECT * FROM crsql_unpack_columns WHERE package = NULL"))
		require.ErrorContains(t, l.fails("SELECT * FROM crsql_unpack_columns"), "needs its package")
		require.ErrorContains(t, l.fails("SELECT * FROM crsql_unpack_columns(7)"), "malformed package")
		require.ErrorContains(t, l.fails("SELECT * FROM crsql_unpack_columns('')"), "malformed package")
		require.ErrorContains(t, l.fails("SELECT crsql_pack_columns("+strings.Repeat("1,", 255)+"1)"), "more than 255 values")
		require.Equal(t, []string{"X'00'"}, l.ask("SELECT crsql_pack_columns()"))
		require.Equal(t, []string{"255"}, l.ask("SELECT count(*) FROM crsql_unpack_columns(crsql_pack_columns("+strings.Repeat("1,", 254)+"1))"))
	})
}
