using System.Globalization;
using System.Text;

namespace PluginMail.Server;

/// <summary>Sends what is written to the one who asked, at once and as progress. Who writes waits until it is sent.</summary>
/// <param name="report">Tells him.</param>
internal sealed class ProgressWriter(ReportProgress report) : TextWriter(CultureInfo.InvariantCulture)
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => throw new NotSupportedException("what is sent is written asynchronously");

    public override async Task WriteAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default) =>
        await report(new AdminProgress(0, 0) { Output = buffer.ToString() }, cancellationToken);
}
