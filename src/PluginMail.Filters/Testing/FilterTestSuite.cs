using System.Runtime.CompilerServices;
using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Testing;

/// <summary>
/// Runs unit tests for scripts: files in the filter language with the words of vnd.dovecot.testsuite. Each file has a mail
/// store, an outbox and settings of its own, in memory.
/// </summary>
public sealed class FilterTestSuite
{
    private static readonly FilterRunOptions Unhurried = new()
    {
        Limits = FilterLimits.Default with { Steps = 500_000_000, Time = TimeSpan.FromMinutes(2), Actions = 10_000, Changes = 10_000 },
    };

    private readonly Func<string, byte[]?> _read;
    private readonly FilterCompilerOptions _options;
    private readonly ConditionalWeakTable<FilterRun, TestEnvironment> _environments = [];

    /// <summary>A runner.</summary>
    /// <param name="read">Reads a script beside the test file by its relative name; null where there is none.</param>
    /// <param name="options">The words that scripts can use, and bounds.</param>
    public FilterTestSuite(Func<string, byte[]?> read, FilterCompilerOptions? options = null)
    {
        _read = read;
        _options = options ?? FilterCompilerOptions.Default;
    }

    /// <summary>Runs the tests of a file.</summary>
    public async ValueTask<FilterTestReport> RunAsync(ReadOnlyMemory<byte> file, string name, CancellationToken cancellation)
    {
        TestEnvironment? last = null;
        var builder = FilterVocabulary.CreateBuilder();
        var scripts = _options.Vocabulary == FilterVocabulary.Standard ? _options with { Vocabulary = Separated(FilterVocabulary.CreateBuilder()).Build() } : _options;
        TestSuiteExtension.AddTo(Separated(builder), run => last = _environments.GetValue(run, _ => new(_read, scripts)));

        VocabularyBuilder Separated(VocabularyBuilder vocabulary)
        {
            SubaddressExtension.SetSeparator(vocabulary, () => last?.Settings.Separator ?? "+");
            return vocabulary;
        }

        // One test after the other changes what tests see: nothing is decided ahead of its turn.
        var compilation = FilterCompiler.Compile(file.Span, name, _options with { Vocabulary = builder.Build(), FewestIndexedKeys = int.MaxValue });
        if (compilation.Filter is not { } filter)
        {
            return new(compilation, [], [], null);
        }

        var host = new TestHost(() => last?.Store ?? TestStore.Empty);
        var empty = new FilterInput(MimeFilterMessage.Of("\r\n"u8.ToArray()), TestEnvironment.DefaultEnvelope) { Context = new() { Host = host } };
        var result = await filter.RunAsync(empty, Unhurried, cancellation);
        return new(compilation, [.. last?.Outcomes ?? []], [.. last?.Printed ?? []], result.Error is { } error ? $"line {error.Line}: {error.Message}" : null);
    }
}
