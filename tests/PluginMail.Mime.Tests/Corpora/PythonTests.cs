using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace PluginMail.Mime.Tests.Corpora;

/// <summary>Compares with Python's email package, which others wrote; what makes that recurse too deeply is left out.</summary>
public sealed class PythonTests
{
    /// <summary>Messages where the readings differ, and why ours stays as it is.</summary>
    private static readonly Dictionary<string, string> Differences = new(StringComparer.Ordinal)
    {
        ["issue358.txt"] = "a line that is no field stands in the header: Python ends the header there, here it ends at the empty line; it also takes \"@\" in a display name for an address",
        ["missing-subtype.txt"] = "a type without subtype: Python falls back to text/plain, here what is no text becomes application/octet-stream",
    };

    [SkippableFact]
    public async Task Types_subjects_and_addresses_are_as_Python_reads_them()
    {
        Skip.If(Corpus.Files.Count == 0, "../shared/corpora is not there");
        var readings = await ReadAsync(Corpus.Files);
        var differing = new List<string>();
        foreach (var (file, reading) in Corpus.Files.Zip(readings))
        {
            var root = MimeScanner.Scan(await File.ReadAllBytesAsync(file)).Root;
            var ours = new Reading(
                [.. root.SelfAndDescendants().Select(part => part.ContentType.MediaType)],
                root.Envelope!.Text(EnvelopeHeader.Subject),
                Addresses(root, EnvelopeHeader.From),
                Addresses(root, EnvelopeHeader.To),
                Addresses(root, EnvelopeHeader.Cc));
            if (reading is null)
            {
                continue;
            }
            var name = Path.GetFileName(file);
            var (left, right) = (JsonSerializer.Serialize(ours), JsonSerializer.Serialize(reading));
            if (left == right ? Differences.ContainsKey(name) : !Differences.ContainsKey(name))
            {
                differing.Add($"{name}\n  here   {left}\n  Python {right}");
            }
        }
        Assert.True(differing.Count == 0, string.Join('\n', differing));
    }

    private static string[] Addresses(MimePart root, EnvelopeHeader header) =>
        [.. root.Envelope!.Addresses(header).SelectMany(address => address.Members ?? [address]).Select(address => address.Address)];

    private static async Task<List<Reading?>> ReadAsync(IReadOnlyList<string> files)
    {
        var start = new ProcessStartInfo("python3") { RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(Corpus.RepositoryRoot, "tests", "PluginMail.Mime.Tests", "Corpora", "outline.py"));
        foreach (var file in files)
        {
            start.ArgumentList.Add(file);
        }
        using var process = TryStart(start);
        Skip.If(process is null, "python3 is not there");
        var readings = new List<Reading?>();
        while (await process!.StandardOutput.ReadLineAsync() is { } line)
        {
            readings.Add(JsonSerializer.Deserialize<Reading>(line, JsonSerializerOptions.Web));
        }
        await process.WaitForExitAsync();
        Assert.Equal(files.Count, readings.Count);
        return readings;
    }

    private static Process? TryStart(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private sealed record Reading(string[] Types, string? Subject, string[] From, string[] To, string[] Cc);
}
