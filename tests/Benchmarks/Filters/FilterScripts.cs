using System.Globalization;
using System.Text;

namespace PluginMail.Benchmarks.Filters;

/// <summary>Scripts of many rules. Only the last rule fits the sample messages, so that all are tried.</summary>
internal static class FilterScripts
{
    /// <summary>The folder of the last rule.</summary>
    public const string LastFolder = "Last";

    /// <summary>Rules of RFC 5228 that every Sieve engine runs: header contains, address is, globs with size, anyof.</summary>
    public static string Standard(int rules)
    {
        var script = new StringBuilder("require [\"fileinto\"];\n\n");
        for (int i = 1; i < rules; i++)
        {
            string test = (i % 4) switch
            {
                0 => $"header :contains \"subject\" \"order number {i}\"",
                1 => $"address :is \"from\" \"customer{i}@company{i}.example\"",
                2 => $"allof (header :matches \"subject\" \"*report {i}*\", size :over {20 + i}K)",
                _ => $"anyof (header :contains \"list-id\" \"list{i}.example\", address :is :domain \"from\" \"host{i}.example\")",
            };
            script.Append(CultureInfo.InvariantCulture, $"# rule:[Rule {i}]\nif {test} {{\n  fileinto \"Folder {i}\";\n  stop;\n}}\n\n");
        }

        return script.Append(CultureInfo.InvariantCulture, $"# rule:[Last]\nif header :contains \"subject\" \"budget\" {{\n  fileinto \"{LastFolder}\";\n}}\n").ToString();
    }

    /// <summary>Rules in plain words.</summary>
    public static string Plain(int rules)
    {
        var script = new StringBuilder();
        for (int i = 1; i < rules; i++)
        {
            string test = (i % 4) switch
            {
                0 => $"sender :within \"company{i}.example\"",
                1 => $"all (sender :within \"corp.example\", subject :contains \"order number {i}\")",
                2 => $"header :contains \"list-id\" \"list{i}.example\"",
                _ => $"any (subject :matches \"*report {i}*\", size :over {20 + i}M)",
            };
            script.Append(CultureInfo.InvariantCulture, $"# rule:[Rule {i}]\nif {test} {{\n  move \"Folder {i}\";\n  stop;\n}}\n\n");
        }

        return script.Append(CultureInfo.InvariantCulture, $"# rule:[Last]\nif subject :contains \"budget\" {{\n  move \"{LastFolder}\";\n}}\n").ToString();
    }

    /// <summary>Rules that look into the body; none of them fits.</summary>
    public static string Body(int rules)
    {
        var script = new StringBuilder("require [\"body\", \"fileinto\"];\n");
        for (int i = 0; i < rules; i++)
        {
            script.Append(CultureInfo.InvariantCulture, $"if body :contains \"contract number {i} of\" {{ fileinto \"Folder {i}\"; }}\n");
        }

        return script.ToString();
    }
}
